import { AuthorizationCode, type ModuleOptions } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { pkce, walk } from '../support/flow.ts';
import { nodeServer } from '../targets/node-server.ts';
import type { Target, TestUser } from '../targets/target.ts';

/**
 * The library knows neither discovery, PKCE, `iss`, introspection nor clients without a secret: the first is set by hand,
 * PKCE travels as parameters it passes through, and a public client is one with an empty secret in the body.
 */
const methods = {
  client_secret_basic: { authorizationMethod: 'header' },
  client_secret_post: { authorizationMethod: 'body' },
} as const satisfies Record<string, ModuleOptions['options']>;
type Method = keyof typeof methods;

const redirectUri = 'https://print.example/callback';

describe('simple-oauth2', () => {
  let target: Target;
  let user: TestUser;
  beforeAll(async () => {
    target = await nodeServer();
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  async function connect(method: Method | 'none', secretOver?: string): Promise<AuthorizationCode> {
    const { id, secret } = await target.addClient({ authenticationMethod: method });
    return new AuthorizationCode({
      client: { id, secret: secretOver ?? secret },
      auth: {
        tokenHost: target.issuer,
        tokenPath: '/token',
        authorizePath: '/authorize',
        revokePath: '/revoke',
      },
      options: method === 'none' ? { authorizationMethod: 'body' } : methods[method],
    });
  }

  async function approve(client: AuthorizationCode) {
    const { verifier, challenge } = pkce();
    const state = crypto.randomUUID();
    const request = {
      redirect_uri: redirectUri,
      scope: ['photos:read', 'photos:write'],
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    const answer = await walk(new Browser(target.fetch), client.authorizeURL(request), user);
    expect(answer.searchParams.get('state')).toBe(state);
    return {
      code: String(answer.searchParams.get('code')),
      redirect_uri: redirectUri,
      code_verifier: verifier,
    };
  }

  async function signIn(client: AuthorizationCode) {
    return client.getToken(await approve(client));
  }

  it.each([...Object.keys(methods), 'none'] as (Method | 'none')[])(
    'exchanges a code and refreshes with %s',
    async (method) => {
      const client = await connect(method);
      const first = await signIn(client);
      expect(first.token).toMatchObject({ token_type: 'Bearer', scope: 'photos:read photos:write' });
      expect(first.expired()).toBe(false);
      expect(first.expired(601)).toBe(true);
      const second = await first.refresh({ scope: 'photos:read' });
      expect(second.token).toMatchObject({ scope: 'photos:read' });
      expect(second.token.access_token).not.toBe(first.token.access_token);
      if (method === 'none') expect(second.token.refresh_token).not.toBe(first.token.refresh_token);
      expect((await second.refresh()).token).toMatchObject({ token_type: 'Bearer' });
    },
  );

  it('revokes both tokens', async () => {
    const token = await signIn(await connect('client_secret_basic'));
    // It wants JSON of every answer by default, and that of revocation has no body (RFC 7009 §2.2).
    await token.revokeAll({ json: true });
    await expect(token.refresh()).rejects.toMatchObject({
      output: { statusCode: 400 },
      data: { payload: { error: 'invalid_grant' } },
    });
  });

  it('reports a reused code as invalid_grant', async () => {
    const client = await connect('client_secret_post');
    const answer = await approve(client);
    const token = await client.getToken(answer);
    const refusal = { output: { statusCode: 400 }, data: { payload: { error: 'invalid_grant' } } };
    await expect(client.getToken(answer)).rejects.toMatchObject(refusal);
    await expect(token.refresh()).rejects.toMatchObject(refusal);
  });

  it('reports a wrong secret as invalid_client', async () => {
    const client = await connect('client_secret_basic', 'wrong');
    await expect(signIn(client)).rejects.toMatchObject({
      output: { statusCode: 401 },
      data: { payload: { error: 'invalid_client' } },
    });
  });
});
