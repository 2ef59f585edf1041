import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { photosApi } from '../targets/in-process.ts';
import { nodeServer } from '../targets/node-server.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

const methods = {
  client_secret_basic: ({ secret }: TestClient) => oauth.ClientSecretBasic(secret),
  client_secret_post: ({ secret }: TestClient) => oauth.ClientSecretPost(secret),
  none: () => oauth.None(),
} as const;
type Method = keyof typeof methods;

const loopback = { [oauth.allowInsecureRequests]: true };

interface Party {
  readonly client: oauth.Client;
  readonly auth: oauth.ClientAuth;
  readonly redirectUri: string;
}

interface Approval {
  readonly answer: URL;
  readonly state: string;
  readonly verifier: string;
}

describe('oauth4webapi', () => {
  let target: Target;
  let user: TestUser;
  let server: oauth.AuthorizationServer;
  beforeAll(async () => {
    target = await nodeServer();
    user = await target.addUser();
    const issuer = new URL(target.issuer);
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...loopback });
    server = await oauth.processDiscoveryResponse(issuer, response);
  });
  afterAll(() => target.stop());

  async function party(method: Method): Promise<Party> {
    const client = await target.addClient({ authenticationMethod: method });
    return {
      client: { client_id: client.id },
      auth: methods[method](client),
      redirectUri: client.redirectUri,
    };
  }

  async function approve({ client, redirectUri }: Party): Promise<Approval> {
    const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
    const url = new URL(String(server.authorization_endpoint));
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: redirectUri,
      scope: 'photos:read photos:write',
      resource: photosApi,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();
    return { answer: await walk(new Browser(target.fetch), url.href, user), state, verifier };
  }

  async function exchange({ client, auth, redirectUri }: Party, { answer, state, verifier }: Approval) {
    const parameters = oauth.validateAuthResponse(server, client, answer, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      auth,
      parameters,
      redirectUri,
      verifier,
      loopback,
    );
    return oauth.processAuthorizationCodeResponse(server, client, response);
  }

  async function renew({ client, auth }: Party, token: string | undefined, more = {}) {
    const options = { ...loopback, additionalParameters: more };
    const response = await oauth.refreshTokenGrantRequest(server, client, auth, String(token), options);
    return oauth.processRefreshTokenResponse(server, client, response);
  }

  async function look({ client, auth }: Party, token: string) {
    const response = await oauth.introspectionRequest(server, client, auth, token, loopback);
    return oauth.processIntrospectionResponse(server, client, response);
  }

  async function revoke({ client, auth }: Party, token: string | undefined) {
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, auth, String(token), loopback),
    );
  }

  it.each(Object.keys(methods) as Method[])('exchanges a code and refreshes with %s', async (method) => {
    const shop = await party(method);
    const tokens = await exchange(shop, await approve(shop));
    expect(tokens).toMatchObject({
      token_type: 'bearer',
      expires_in: 600,
      scope: 'photos:read photos:write',
    });
    const renewed = await renew(shop, tokens.refresh_token);
    expect(renewed.access_token).not.toBe(tokens.access_token);
    if (method === 'none') expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
    const narrow = await renew(shop, renewed.refresh_token ?? tokens.refresh_token, { scope: 'photos:read' });
    expect(narrow.scope).toBe('photos:read');
  });

  it('finds the signing key and takes the access token as one of RFC 9068', async () => {
    const shop = await party('client_secret_basic');
    const { access_token: token } = await exchange(shop, await approve(shop));
    const request = new Request(photosApi, { headers: { authorization: `Bearer ${token}` } });
    const claims = await oauth.validateJwtAccessToken(server, request, photosApi, loopback);
    expect(claims).toMatchObject({ sub: user.id, client_id: shop.client.client_id, aud: photosApi });
  });

  it('introspects and revokes', async () => {
    const shop = await party('client_secret_basic');
    const tokens = await exchange(shop, await approve(shop));
    expect(await look(shop, tokens.access_token)).toMatchObject({ active: true, aud: photosApi });
    await revoke(shop, tokens.access_token);
    expect(await look(shop, tokens.access_token)).toEqual({ active: false });
    const renewed = await renew(shop, tokens.refresh_token);
    expect(await look(shop, renewed.access_token)).toMatchObject({ active: true });
    await revoke(shop, tokens.refresh_token);
    expect(await look(shop, renewed.access_token)).toEqual({ active: false });
  });

  it('reports a reused code as invalid_grant', async () => {
    const shop = await party('client_secret_post');
    const approval = await approve(shop);
    const tokens = await exchange(shop, approval);
    const refusal = { name: 'ResponseBodyError', error: 'invalid_grant', status: 400 };
    await expect(exchange(shop, approval)).rejects.toMatchObject(refusal);
    await expect(renew(shop, tokens.refresh_token)).rejects.toMatchObject(refusal);
  });

  it('reports another verifier as invalid_grant', async () => {
    const shop = await party('none');
    const approval = await approve(shop);
    const verifier = oauth.generateRandomCodeVerifier();
    await expect(exchange(shop, { ...approval, verifier })).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('reports a public client that introspects', async () => {
    const shop = await party('none');
    const { access_token: token } = await exchange(shop, await approve(shop));
    await expect(look(shop, token)).rejects.toMatchObject({
      name: 'WWWAuthenticateChallengeError',
      status: 401,
    });
  });

  it('stops at another state, another issuer, and no issuer', async () => {
    const shop = await party('none');
    const { answer, state } = await approve(shop);
    const foreign = new URL(answer);
    foreign.searchParams.set('iss', 'https://elsewhere.example');
    const without = new URL(answer);
    without.searchParams.delete('iss');
    const judge = (url: URL, expected: string) => () =>
      oauth.validateAuthResponse(server, shop.client, url, expected);
    expect(judge(answer, oauth.generateRandomState())).toThrow('state');
    expect(judge(foreign, state)).toThrow('iss');
    expect(judge(without, state)).toThrow('iss');
    expect(judge(answer, state)().get('iss')).toBe(target.issuer);
  });
});
