import { exportJWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { nodeServer } from '../targets/node-server.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

const redirectUri = 'https://print.example/callback';
const insecure = { [oauth.allowInsecureRequests]: true };

/** FAPI 2.0 with message signing, as a client of oauth4webapi lives through it: nothing is done for it by hand. */
describe('oauth4webapi, FAPI 2.0 with message signing', () => {
  let target: Target;
  let user: TestUser;
  let record: TestClient;
  let api: TestClient;
  let server: oauth.AuthorizationServer;
  let client: oauth.Client;
  let authentication: oauth.ClientAuth;
  let signing: CryptoKeyPair;

  beforeAll(async () => {
    target = await nodeServer({
      config: { securityProfile: 'fapi2-message-signing', dpop: { requireNonce: true } },
    });
    user = await target.addUser();
    signing = await oauth.generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(signing.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    const byKey = { authenticationMethod: 'private_key_jwt', secrets: [], keys: { jwks: [jwk] } } as const;
    record = await target.addClient({
      ...byKey,
      scopes: ['openid', 'photos:read'],
      openid: { idTokenAlgorithm: 'PS256' },
      requests: { responseAlgorithm: 'EdDSA' },
    });
    api = await target.addClient({
      ...byKey,
      redirectUris: [],
      grantTypes: [],
      serves: ['https://photos.example/api'],
      introspectionAlgorithm: 'PS256',
    });
    const issuer = new URL(target.issuer);
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    client = {
      client_id: record.id,
      id_token_signed_response_alg: 'PS256',
      authorization_signed_response_alg: 'EdDSA',
    };
    authentication = oauth.PrivateKeyJwt({ key: signing.privateKey, kid: 'k1' });
  });
  afterAll(() => target.stop());

  /** Once more with the nonce that came, as the library says to do. */
  async function withNonce<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (!oauth.isDPoPNonceError(error)) throw error;
      return attempt();
    }
  }

  it('tells in its metadata what it demands', () => {
    expect(server).toMatchObject({
      require_pushed_authorization_requests: true,
      require_signed_request_object: true,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      id_token_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA'],
    });
  });

  it('goes the whole way: signed and pushed request, signed answer, bound tokens, signed introspection', async () => {
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const verifier = oauth.generateRandomCodeVerifier();
    const nonce = oauth.generateRandomNonce();
    const state = oauth.generateRandomState();
    const request = await oauth.issueRequestObject(
      server,
      client,
      {
        response_type: 'code',
        response_mode: 'jwt',
        redirect_uri: redirectUri,
        scope: 'openid photos:read',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        nonce,
        state,
      },
      { key: signing.privateKey, kid: 'k1' },
    );
    const pushed = await withNonce(async () =>
      oauth.processPushedAuthorizationResponse(
        server,
        client,
        await oauth.pushedAuthorizationRequest(
          server,
          client,
          authentication,
          { request, client_id: record.id },
          { DPoP, ...insecure },
        ),
      ),
    );
    expect(pushed.expires_in).toBeLessThan(600);
    const url = new URL(String(server.authorization_endpoint));
    url.searchParams.set('client_id', record.id);
    url.searchParams.set('request_uri', pushed.request_uri);
    const answer = await walk(new Browser(target.fetch), url.href, user);
    const parameters = await oauth.validateJwtAuthResponse(server, client, answer, state, insecure);
    const tokens = await withNonce(async () =>
      oauth.processAuthorizationCodeResponse(
        server,
        client,
        await oauth.authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          parameters,
          redirectUri,
          verifier,
          { DPoP, ...insecure },
        ),
        { expectedNonce: nonce, requireIdToken: true },
      ),
    );
    expect(tokens.token_type).toBe('dpop');
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(user.id);
    const info = await withNonce(async () =>
      oauth.processUserInfoResponse(
        server,
        client,
        user.id,
        await oauth.userInfoRequest(server, client, tokens.access_token, { DPoP, ...insecure }),
      ),
    );
    expect(info.sub).toBe(user.id);
    const renewed = await withNonce(async () =>
      oauth.processRefreshTokenResponse(
        server,
        client,
        await oauth.refreshTokenGrantRequest(server, client, authentication, String(tokens.refresh_token), {
          DPoP,
          ...insecure,
        }),
      ),
    );
    // FP-014: it is not rotated.
    expect(renewed.refresh_token ?? tokens.refresh_token).toBe(tokens.refresh_token);
    const resourceServer = { client_id: api.id, introspection_signed_response_alg: 'PS256' };
    const told = await oauth.processIntrospectionResponse(
      server,
      resourceServer,
      await oauth.introspectionRequest(server, resourceServer, authentication, renewed.access_token, {
        requestJwtResponse: true,
        ...insecure,
      }),
    );
    expect(told).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: expect.any(String) } });
  });

  it('refuses the same without a signature, and without a push', async () => {
    const plain = {
      response_type: 'code',
      response_mode: 'jwt',
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
      code_challenge_method: 'S256',
    };
    const unsigned = await oauth.pushedAuthorizationRequest(server, client, authentication, plain, insecure);
    await expect(oauth.processPushedAuthorizationResponse(server, client, unsigned)).rejects.toMatchObject({
      error: 'invalid_request',
    });
    const url = new URL(String(server.authorization_endpoint));
    url.search = new URLSearchParams({ ...plain, client_id: record.id }).toString();
    const answer = await walk(new Browser(target.fetch), url.href, user);
    await expect(
      oauth.validateJwtAuthResponse(server, client, answer, oauth.expectNoState, insecure),
    ).rejects.toMatchObject({ error: 'invalid_request' });
  });
});
