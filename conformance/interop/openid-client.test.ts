import * as oauth from 'openid-client';
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

describe('openid-client', () => {
  let target: Target;
  let user: TestUser;
  beforeAll(async () => {
    target = await nodeServer();
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  async function connect(method: Method): Promise<oauth.Configuration> {
    const client = await target.addClient({ authenticationMethod: method });
    return oauth.discovery(
      new URL(target.issuer),
      client.id,
      { redirect_uris: [client.redirectUri] },
      methods[method](client),
      { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
    );
  }

  async function approve(config: oauth.Configuration) {
    const checks = { pkceCodeVerifier: oauth.randomPKCECodeVerifier(), expectedState: oauth.randomState() };
    const url = oauth.buildAuthorizationUrl(config, {
      redirect_uri: 'https://print.example/callback',
      scope: 'photos:read',
      resource: photosApi,
      state: checks.expectedState,
      code_challenge: await oauth.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    return { answer: await walk(new Browser(target.fetch), url.href, user), checks };
  }

  async function signIn(config: oauth.Configuration) {
    const { answer, checks } = await approve(config);
    return oauth.authorizationCodeGrant(config, answer, checks);
  }

  it('discovers the endpoints and the PKCE method', async () => {
    const config = await connect('client_secret_basic');
    expect(config.serverMetadata()).toMatchObject({
      issuer: target.issuer,
      token_endpoint: `${target.issuer}/token`,
      authorization_response_iss_parameter_supported: true,
    });
    expect(config.serverMetadata().supportsPKCE()).toBe(true);
  });

  it.each(Object.keys(methods) as Method[])('exchanges a code and refreshes with %s', async (method) => {
    const config = await connect(method);
    const tokens = await signIn(config);
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'photos:read' });
    expect(tokens.expiresIn()).toBeGreaterThan(590);
    const renewed = await oauth.refreshTokenGrant(config, String(tokens.refresh_token));
    expect(renewed.access_token).not.toBe(tokens.access_token);
    // A public client gets a new refresh token each time, a confidential one keeps its own.
    if (method === 'none') expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
    const last = renewed.refresh_token ?? String(tokens.refresh_token);
    expect(await oauth.refreshTokenGrant(config, last)).toMatchObject({ scope: 'photos:read' });
  });

  it('ends the family when a replaced refresh token comes back after the grace', async () => {
    const config = await connect('none');
    const first = String((await signIn(config)).refresh_token);
    const second = String((await oauth.refreshTokenGrant(config, first)).refresh_token);
    target.pass(11_000);
    const refusal = { name: 'ResponseBodyError', error: 'invalid_grant', status: 400 };
    await expect(oauth.refreshTokenGrant(config, first)).rejects.toMatchObject(refusal);
    await expect(oauth.refreshTokenGrant(config, second)).rejects.toMatchObject(refusal);
  });

  it('introspects and revokes', async () => {
    const config = await connect('client_secret_post');
    const { access_token: access, refresh_token: refresh = '' } = await signIn(config);
    expect(await oauth.tokenIntrospection(config, access)).toMatchObject({
      active: true,
      iss: target.issuer,
      sub: user.id,
      client_id: config.clientMetadata().client_id,
      scope: 'photos:read',
    });
    await oauth.tokenRevocation(config, refresh);
    expect(await oauth.tokenIntrospection(config, access)).toEqual({ active: false });
    await expect(oauth.refreshTokenGrant(config, refresh)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('revokes as a public client', async () => {
    const config = await connect('none');
    const { refresh_token: refresh = '' } = await signIn(config);
    await oauth.tokenRevocation(config, refresh);
    await expect(oauth.refreshTokenGrant(config, refresh)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('reports a reused code as invalid_grant, and its tokens are dead', async () => {
    const config = await connect('client_secret_basic');
    const { answer, checks } = await approve(config);
    const { access_token: access } = await oauth.authorizationCodeGrant(config, answer, checks);
    await expect(oauth.authorizationCodeGrant(config, answer, checks)).rejects.toMatchObject({
      name: 'ResponseBodyError',
      error: 'invalid_grant',
      status: 400,
    });
    expect(await oauth.tokenIntrospection(config, access)).toEqual({ active: false });
  });

  it('reports a wrong secret with its challenge', async () => {
    const config = await connect('client_secret_basic');
    const { answer, checks } = await approve(config);
    const impostor = new oauth.Configuration(
      config.serverMetadata(),
      config.clientMetadata().client_id,
      {},
      oauth.ClientSecretBasic('wrong'),
    );
    oauth.allowInsecureRequests(impostor);
    await expect(oauth.authorizationCodeGrant(impostor, answer, checks)).rejects.toMatchObject({
      name: 'WWWAuthenticateChallengeError',
      status: 401,
      cause: [{ scheme: 'basic' }],
    });
  });

  it('stops at an answer with another issuer or none', async () => {
    const config = await connect('client_secret_basic');
    const { answer, checks } = await approve(config);
    expect(answer.searchParams.get('iss')).toBe(target.issuer);
    const foreign = new URL(answer);
    foreign.searchParams.set('iss', 'https://elsewhere.example');
    const without = new URL(answer);
    without.searchParams.delete('iss');
    const refusal = { code: 'OAUTH_INVALID_RESPONSE' };
    await expect(oauth.authorizationCodeGrant(config, foreign, checks)).rejects.toMatchObject(refusal);
    await expect(oauth.authorizationCodeGrant(config, without, checks)).rejects.toMatchObject(refusal);
    expect(await oauth.authorizationCodeGrant(config, answer, checks)).toHaveProperty('access_token');
  });

  it('reports an unknown scope from the redirect', async () => {
    const config = await connect('client_secret_basic');
    const state = oauth.randomState();
    const url = oauth.buildAuthorizationUrl(config, {
      redirect_uri: 'https://print.example/callback',
      scope: 'photos:burn',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(oauth.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    });
    const answer = await walk(new Browser(target.fetch), url.href, user);
    await expect(
      oauth.authorizationCodeGrant(config, answer, { expectedState: state }),
    ).rejects.toMatchObject({ name: 'AuthorizationResponseError', error: 'invalid_scope' });
  });
});
