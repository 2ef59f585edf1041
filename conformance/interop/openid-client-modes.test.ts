import { exportJWK, generateKeyPair } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { nodeServer } from '../targets/node-server.ts';
import type { Target, TestUser } from '../targets/target.ts';

const redirectUri = 'https://print.example/callback';
const signing = ['ES256', 'PS256', 'RS256', 'Ed25519'] as const;

type Client = Parameters<Target['addClient']>[0];

interface Key {
  readonly privateKey: CryptoKey;
  readonly jwk: Record<string, unknown>;
}

async function aKey(algorithm: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: 'k1', alg: algorithm, use: 'sig' } };
}

/** Every mode that openid-client has, against this server. */
describe('openid-client, in its modes', () => {
  let target: Target;
  let strict: Target;
  let user: TestUser;
  beforeAll(async () => {
    target = await nodeServer({ config: { features: { frontChannelLogout: true } } });
    strict = await nodeServer({ config: { dpop: { requireNonce: true } } });
    user = await target.addUser({ profile: { email: 'ada@example.com', email_verified: true } });
  });
  afterAll(async () => {
    await target.stop();
    await strict.stop();
  });

  async function connect(
    over: Client,
    {
      auth,
      metadata = {},
      at = target,
    }: {
      auth?: oauth.ClientAuth;
      metadata?: Partial<oauth.ClientMetadata>;
      at?: Target;
    } = {},
  ): Promise<oauth.Configuration> {
    const client = await at.addClient({
      scopes: ['openid', 'email', 'photos:read', 'offline_access'],
      ...over,
    });
    return oauth.discovery(
      new URL(at.issuer),
      client.id,
      { redirect_uris: [redirectUri], id_token_signed_response_alg: 'RS256', ...metadata },
      auth ?? oauth.ClientSecretBasic(client.secret),
      { execute: [oauth.allowInsecureRequests] },
    );
  }

  async function checksFor(config: oauth.Configuration) {
    const checks = {
      pkceCodeVerifier: oauth.randomPKCECodeVerifier(),
      expectedState: oauth.randomState(),
      expectedNonce: oauth.randomNonce(),
    };
    const parameters = {
      redirect_uri: redirectUri,
      scope: 'openid email photos:read',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
    };
    return { checks, parameters, config };
  }

  function approve(url: URL, at = target, who = user): Promise<URL> {
    return walk(new Browser(at.fetch), url.href, who);
  }

  async function signIn(config: oauth.Configuration, more: Record<string, string> = {}) {
    const { checks, parameters } = await checksFor(config);
    const answer = await approve(oauth.buildAuthorizationUrl(config, { ...parameters, ...more }));
    return oauth.authorizationCodeGrant(config, answer, checks);
  }

  it.each(['RS256', 'ES256', 'PS256', 'EdDSA'] as const)(
    'verifies an ID token signed with %s',
    async (alg) => {
      const config = await connect(
        { openid: { idTokenAlgorithm: alg } },
        { metadata: { id_token_signed_response_alg: alg } },
      );
      const tokens = await signIn(config);
      expect(tokens.claims()).toMatchObject({ iss: target.issuer, sub: user.id });
      const info = await oauth.fetchUserInfo(config, tokens.access_token, user.id);
      expect(info).toEqual({ sub: user.id, email: 'ada@example.com', email_verified: true });
      const renewed = await oauth.refreshTokenGrant(config, String(tokens.refresh_token));
      expect(renewed.claims()).toMatchObject({ sub: user.id });
    },
  );

  it('reads a signed userinfo answer', async () => {
    const config = await connect(
      { openid: { userinfoAlgorithm: 'ES256' } },
      { metadata: { userinfo_signed_response_alg: 'ES256' } },
    );
    const tokens = await signIn(config);
    expect(await oauth.fetchUserInfo(config, tokens.access_token, user.id)).toMatchObject({ sub: user.id });
  });

  it('checks max_age against auth_time', async () => {
    const config = await connect({});
    const { checks, parameters } = await checksFor(config);
    const answer = await approve(oauth.buildAuthorizationUrl(config, { ...parameters, max_age: '300' }));
    const tokens = await oauth.authorizationCodeGrant(config, answer, { ...checks, maxAge: 300 });
    expect(tokens.claims()?.auth_time).toBeTypeOf('number');
  });

  it.each(signing)('authenticates with private_key_jwt by %s', async (alg) => {
    const key = await aKey(alg);
    const config = await connect(
      { authenticationMethod: 'private_key_jwt', secrets: [], keys: { jwks: [key.jwk] } },
      { auth: oauth.PrivateKeyJwt({ key: key.privateKey, kid: 'k1' }) },
    );
    expect((await signIn(config)).claims()?.sub).toBe(user.id);
  });

  it('pushes its request', async () => {
    const config = await connect({ requests: { requirePushed: true } });
    const { checks, parameters } = await checksFor(config);
    const url = await oauth.buildAuthorizationUrlWithPAR(config, parameters);
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const tokens = await oauth.authorizationCodeGrant(config, await approve(url), checks);
    expect(tokens.claims()?.sub).toBe(user.id);
  });

  it.each(signing)('signs its request with %s', async (alg) => {
    const key = await aKey(alg);
    const config = await connect({ requests: { requireSigned: true }, keys: { jwks: [key.jwk] } });
    const { checks, parameters } = await checksFor(config);
    const url = await oauth.buildAuthorizationUrlWithJAR(config, parameters, {
      key: key.privateKey,
      kid: 'k1',
    });
    const tokens = await oauth.authorizationCodeGrant(config, await approve(url), checks);
    expect(tokens.claims()?.sub).toBe(user.id);
  });

  it('pushes a signed request', async () => {
    const key = await aKey('ES256');
    const config = await connect({
      requests: { requireSigned: true, requirePushed: true },
      keys: { jwks: [key.jwk] },
    });
    const { checks, parameters } = await checksFor(config);
    const signed = await oauth.buildAuthorizationUrlWithJAR(config, parameters, {
      key: key.privateKey,
      kid: 'k1',
    });
    const url = await oauth.buildAuthorizationUrlWithPAR(config, {
      request: String(signed.searchParams.get('request')),
    });
    const tokens = await oauth.authorizationCodeGrant(config, await approve(url), checks);
    expect(tokens.claims()?.sub).toBe(user.id);
  });

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('reads a signed answer by %s', async (alg) => {
    const config = await connect(
      { requests: { responseAlgorithm: alg } },
      { metadata: { authorization_signed_response_alg: alg } },
    );
    oauth.useJwtResponseMode(config);
    const { checks, parameters } = await checksFor(config);
    const answer = await approve(oauth.buildAuthorizationUrl(config, parameters));
    expect([...answer.searchParams.keys()]).toEqual(['response']);
    const tokens = await oauth.authorizationCodeGrant(config, answer, checks);
    expect(tokens.claims()?.sub).toBe(user.id);
  });

  it.each([
    ['without a nonce', () => target],
    ['with a nonce', () => strict],
  ])('binds its tokens by DPoP, %s', async (_, chosen) => {
    const at = chosen();
    const who = at === target ? user : await at.addUser();
    const config = await connect({ binding: 'dpop' }, { at });
    const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair('ES256'));
    const { checks, parameters } = await checksFor(config);
    const url = await oauth.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
    const answer = await approve(url, at, who);
    const tokens = await oauth.authorizationCodeGrant(config, answer, checks, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const info = await oauth.fetchUserInfo(config, tokens.access_token, who.id, { DPoP });
    expect(info.sub).toBe(who.id);
    const renewed = await oauth.refreshTokenGrant(config, String(tokens.refresh_token), undefined, { DPoP });
    expect(renewed.token_type).toBe('dpop');
  });

  it('signs the person out', async () => {
    const config = await connect({ logout: { postLogoutRedirectUris: ['https://print.example/bye'] } });
    const browser = new Browser(target.fetch);
    const { checks, parameters } = await checksFor(config);
    const answer = await walk(browser, oauth.buildAuthorizationUrl(config, parameters).href, user);
    const tokens = await oauth.authorizationCodeGrant(config, answer, checks);
    const url = oauth.buildEndSessionUrl(config, {
      id_token_hint: String(tokens.id_token),
      post_logout_redirect_uri: 'https://print.example/bye',
      state: 'out',
    });
    const asked = await browser.open(url.href);
    if ('left' in asked) throw new Error(`It did not ask: ${asked.left}`);
    const gone = await browser.click(asked, 'logout-confirm');
    expect('left' in gone && gone.left.href).toBe('https://print.example/bye?state=out');
    await expect(oauth.refreshTokenGrant(config, String(tokens.refresh_token))).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});
