import { generateCodeVerifier, OAuth2Client } from '@badgateway/oauth2-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { photosApi } from '../targets/in-process.ts';
import { nodeServer } from '../targets/node-server.ts';
import type { Target, TestUser } from '../targets/target.ts';

/** Its names for the methods, and what to register for each. Without a secret it is a public client. */
const methods = {
  client_secret_basic: 'client_secret_basic',
  client_secret_basic_interop: 'client_secret_basic',
  client_secret_post: 'client_secret_post',
  none: 'none',
} as const;
type Method = keyof typeof methods;

const redirectUri = 'https://print.example/callback';

describe('@badgateway/oauth2-client', () => {
  let target: Target;
  let user: TestUser;
  beforeAll(async () => {
    target = await nodeServer();
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  /** Knows the issuer alone and discovers the rest. */
  async function connect(method: Method): Promise<OAuth2Client> {
    const { id, secret } = await target.addClient({ authenticationMethod: methods[method] });
    return new OAuth2Client({
      server: target.issuer,
      clientId: id,
      ...(method === 'none' ? {} : { clientSecret: secret, authenticationMethod: method }),
    });
  }

  async function approve(client: OAuth2Client) {
    const [codeVerifier, state] = [await generateCodeVerifier(), crypto.randomUUID()];
    const url = await client.authorizationCode.getAuthorizeUri({
      redirectUri,
      state,
      codeVerifier,
      scope: ['photos:read'],
      resource: photosApi,
    });
    return {
      answer: await walk(new Browser(target.fetch), url, user),
      checks: { redirectUri, state, codeVerifier },
    };
  }

  async function signIn(client: OAuth2Client) {
    const { answer, checks } = await approve(client);
    return client.authorizationCode.getTokenFromCodeRedirect(answer, checks);
  }

  it('discovers the endpoints', async () => {
    const client = await connect('none');
    expect(await client.getEndpoint('tokenEndpoint')).toBe(`${target.issuer}/token`);
    expect(client.settings).toMatchObject({
      authorizationEndpoint: `${target.issuer}/authorize`,
      introspectionEndpoint: `${target.issuer}/introspect`,
      revocationEndpoint: `${target.issuer}/revoke`,
    });
  });

  it('takes the first method the metadata lists where none is set', async () => {
    const { id, secret } = await target.addClient();
    const client = new OAuth2Client({ server: target.issuer, clientId: id, clientSecret: secret });
    expect(await signIn(client)).toMatchObject({ scope: ['photos:read'] });
    expect(client.settings.authenticationMethod).toBe('client_secret_basic');
  });

  it.each(Object.keys(methods) as Method[])('exchanges a code and refreshes with %s', async (method) => {
    const client = await connect(method);
    const tokens = await signIn(client);
    expect(tokens).toMatchObject({ scope: ['photos:read'] });
    expect(tokens.expiresAt).toBeGreaterThan(Date.now() + 590_000);
    const renewed = await client.refreshToken(tokens);
    expect(renewed.accessToken).not.toBe(tokens.accessToken);
    // The library keeps the old one where the answer has none.
    expect(renewed.refreshToken === tokens.refreshToken).toBe(method !== 'none');
    expect(await client.refreshToken(renewed)).toMatchObject({ scope: ['photos:read'] });
  });

  it('introspects and revokes', async () => {
    const client = await connect('client_secret_basic');
    const tokens = await signIn(client);
    expect(await client.introspect(tokens)).toMatchObject({ active: true, sub: user.id });
    await client.revoke(tokens);
    expect(await client.introspect(tokens)).toEqual({ active: false });
    const renewed = await client.refreshToken(tokens);
    await client.revoke(renewed, 'refresh_token');
    expect(await client.introspect(renewed)).toEqual({ active: false });
    await expect(client.refreshToken(renewed)).rejects.toMatchObject({ oauth2Code: 'invalid_grant' });
  });

  it('reports a reused code as invalid_grant', async () => {
    const client = await connect('client_secret_post');
    const { answer, checks } = await approve(client);
    await client.authorizationCode.getTokenFromCodeRedirect(answer, checks);
    await expect(client.authorizationCode.getTokenFromCodeRedirect(answer, checks)).rejects.toMatchObject({
      oauth2Code: 'invalid_grant',
      httpCode: 400,
      message: expect.stringContaining('invalid_grant'),
    });
  });

  it('reports a wrong secret as invalid_client', async () => {
    const client = await connect('client_secret_basic');
    client.settings.clientSecret = 'wrong';
    await expect(signIn(client)).rejects.toMatchObject({ oauth2Code: 'invalid_client', httpCode: 401 });
  });

  it('stops at another state', async () => {
    const client = await connect('none');
    const { answer } = await approve(client);
    expect(() => client.authorizationCode.validateResponse(answer, { state: 'another' })).toThrow('state');
  });
});
