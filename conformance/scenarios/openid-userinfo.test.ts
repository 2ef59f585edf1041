import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAs, obtainCode, redeem, refresh } from '../support/flow.ts';
import {
  addOpenIdClient,
  askUserinfo,
  claimsAtUserinfo,
  fullProfile,
  publishedKeys,
  signInWith,
} from '../support/openid.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, Target, TestClient, TestUser } from '../targets/target.ts';

const form = 'application/x-www-form-urlencoded';

/** What the scopes ask for (OpenID Connect Core §5.4). */
const claimSets: [string, string[]][] = [
  ['openid', []],
  [
    'openid profile',
    [
      ...['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile'],
      ...['picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
    ],
  ],
  ['openid email', ['email', 'email_verified']],
  ['openid address', ['address']],
  ['openid phone', ['phone_number', 'phone_number_verified']],
];

interface Stage {
  readonly at: Target;
  readonly client: TestClient;
  readonly user: TestUser;
  readonly access: string;
  readonly refreshToken: unknown;
}

/** What makes a token that was good no longer good. */
const deadly: [string, (stage: Stage) => Promise<unknown>][] = [
  ['it is revoked', ({ at, client, access }) => callAs(at, client, '/revoke', { token: access })],
  [
    'its refresh token is revoked',
    ({ at, client, refreshToken }) => callAs(at, client, '/revoke', { token: String(refreshToken) }),
  ],
  [
    'the person is disabled',
    ({ at, user }) => at.store.users.setDisabled({ id: user.id, disabledAt: at.now() }),
  ],
  [
    'the client is disabled',
    ({ at, client }) => at.store.clients.replace({ ...client.record, disabledAt: at.now() }),
  ],
  ['the client is removed', ({ at, client }) => at.store.clients.remove(client.id)],
  [
    'the consent is withdrawn',
    ({ at, user, client }) => at.store.consents.withdraw(user.id, client.id, at.now()),
  ],
  [
    'the session has ended',
    async ({ at, user }) => {
      for (const { id } of await at.store.sessions.listOf(user.id, at.now()))
        await at.store.sessions.end(id, at.now());
    },
  ],
  ['it has expired', async ({ at }) => at.pass(601_000)],
];

describeTargets((open) => {
  let at: RestartableTarget;
  beforeAll(async () => {
    at = await open({ config: { throttling: { address: { limit: 10_000 } } } });
  });
  afterAll(() => at.stop());

  async function stage(over: Partial<TestClient['record']> = {}, scope = 'openid'): Promise<Stage> {
    const [client, user] = [await addOpenIdClient(at, over), await at.addUser({ profile: fullProfile })];
    const { access, tokens } = await signInWith(at, { client, user, over: { scope } });
    return { at, client, user, access, refreshToken: tokens.body.refresh_token };
  }

  /** A request with whatever headers and body. */
  function ask(init: RequestInit, path = '/userinfo'): Promise<Response> {
    return at.fetch(new Request(`${at.issuer}${path}`, init));
  }

  function post(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    const body = new URLSearchParams(fields).toString();
    return ask({ method: 'POST', headers: { 'content-type': form, ...headers }, body });
  }

  test('TN-055, TN-057: GET, POST with the token in the header and POST with it in the form are answered alike, as JSON that is not stored', async () => {
    const { access, user } = await stage();
    const authorization = `Bearer ${access}`;
    const answers = [
      await ask({ headers: { authorization } }),
      await ask({ headers: { authorization: `bearer ${access}` } }),
      await ask({ method: 'POST', headers: { authorization } }),
      await post({}, { authorization }),
      await post({ access_token: access }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json(;\s*charset=utf-8)?$/i);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(await answer.json()).toEqual({ sub: user.id });
    }
    const put = await ask({ method: 'PUT', headers: { authorization } });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('TN-055: a token in the query is never taken, alone or beside a good one', async () => {
    const { access } = await stage();
    const inQuery = `/userinfo?access_token=${access}`;
    const answers = [
      await ask({}, inQuery),
      await ask({ method: 'POST' }, inQuery),
      await ask({ headers: { authorization: `Bearer ${access}` } }, inQuery),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="[^"]+", error="invalid_request"/,
      );
      expect(await answer.text()).not.toContain(access);
    }
    expect((await askUserinfo(at, access)).status).toBe(200);
  });

  test('TN-055: without a token there is a challenge and no error (RFC 6750 section 3.1)', async () => {
    for (const answer of [
      await ask({}),
      await ask({ method: 'POST' }),
      await post({ scope: 'openid' }),
      await ask({ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
    ]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="[^"]+", DPoP realm="[^"]+", algs="[^"]+"$/,
      );
      expect(await answer.text()).toBe('');
    }
  });

  test.each<[string, (access: string) => Promise<Response>]>([
    ['two tokens', (token) => post({ access_token: token }, { authorization: `Bearer ${token}` })],
    ['another scheme', (token) => askUserinfo(at, token, { authorization: `Basic ${token}` })],
    ['no value', () => askUserinfo(at, '', { authorization: 'Bearer' })],
    ['two values', (token) => askUserinfo(at, token, { authorization: `Bearer ${token} ${token}` })],
    ['letters that no token has', () => askUserinfo(at, '', { authorization: 'Bearer "<x>"' })],
    [
      'the form field twice',
      (token) =>
        ask({
          method: 'POST',
          headers: { 'content-type': form },
          body: `access_token=${token}&access_token=${token}`,
        }),
    ],
  ])('TN-055: %s: 400 invalid_request, and the token itself stays good', async (_what, send) => {
    const { access } = await stage();
    const answer = await send(access);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+", error="invalid_request"/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
    expect((await askUserinfo(at, access)).status).toBe(200);
  });

  test('TN-055: what is no access token of this server is 401 invalid_token', async () => {
    const { access, refreshToken } = await stage();
    const [head, payload, signature = ''] = access.split('.');
    const forged = `${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
    for (const token of ['nothing', forged, unsigned, String(refreshToken), 'x'.repeat(17_000)]) {
      const answer = await post({ access_token: token });
      expect(answer.status, token.slice(0, 20)).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+", error="invalid_token"/);
      expect(await answer.json()).toMatchObject({ error: 'invalid_token' });
    }
    expect((await askUserinfo(at, access)).status).toBe(200);
  });

  test('TN-055: a token without openid is 403 insufficient_scope, and the challenge names the scope', async () => {
    const { client, user, access } = await stage();
    const plain = await redeem(at, client, await obtainCode(at, client, user));
    const answer = await askUserinfo(at, String(plain.body.access_token));
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="[^"]+", error="insufficient_scope", .*scope="openid"$/,
    );
    expect(await answer.json()).toMatchObject({ error: 'insufficient_scope' });
    expect((await askUserinfo(at, access)).status).toBe(200);
  });

  test.each(['jwt', 'opaque'] as const)(
    'TN-055: %s access tokens die with what they rest on',
    async (format) => {
      const bystander = await stage({ accessTokenFormat: format });
      for (const [what, kill] of deadly) {
        const on = await stage({ accessTokenFormat: format });
        expect((await askUserinfo(at, on.access)).status).toBe(200);
        if (what === 'it has expired') expect((await askUserinfo(at, bystander.access)).status).toBe(200);
        await kill(on);
        const answer = await askUserinfo(at, on.access);
        expect([what, answer.status]).toEqual([what, 401]);
        expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
      }
      const renewed = await refresh(at, bystander.client, bystander.refreshToken);
      expect((await askUserinfo(at, String(renewed.body.access_token))).status).toBe(200);
    },
  );

  test('TN-055: pages of registered origins may read the answer and the challenge, others may not', async () => {
    const origin = 'https://app.example';
    const { access } = await stage({ allowedOrigins: [origin] });
    const preflight = (from: string) =>
      ask({
        method: 'OPTIONS',
        headers: {
          origin: from,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization',
        },
      });
    const approved = await preflight(origin);
    expect(approved.headers.get('access-control-allow-origin')).toBe(origin);
    expect(approved.headers.get('access-control-allow-headers')).toMatch(/\bAuthorization\b/);
    expect(approved.headers.get('access-control-allow-methods')).toContain('GET');
    for (const token of [access, 'nothing']) {
      const answer = await askUserinfo(at, token, { origin });
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
    }
    expect((await preflight('https://evil.example')).headers.has('access-control-allow-origin')).toBe(false);
    const foreign = await askUserinfo(at, access, { origin: 'https://evil.example' });
    expect(foreign.headers.has('access-control-allow-origin')).toBe(false);
  });

  test.each(claimSets)(
    'TN-056, TN-058: the scopes "%s" give just their claims, with the right types',
    async (scope, names) => {
      const { access, user } = await stage({}, scope);
      const all: Record<string, unknown> = { ...fullProfile, name: 'Ada Lovelace' };
      const expected = Object.fromEntries(names.map((name) => [name, all[name]]));
      expect(await claimsAtUserinfo(at, access)).toEqual({ sub: user.id, ...expected });
    },
  );

  test('TN-056: sub is that of the ID token; what is not known of the person is left out', async () => {
    const client = await addOpenIdClient(at);
    const profile = { email: '', nickname: null, locale: 'en' };
    const user = await at.addUser({ name: 'Bob', username: 'bob@example.org', profile });
    const { access, claims } = await signInWith(at, {
      client,
      user,
      over: { scope: 'openid profile email address phone' },
    });
    expect(await claimsAtUserinfo(at, access)).toEqual({
      sub: claims.sub,
      name: 'Bob',
      preferred_username: 'bob@example.org',
      locale: 'en',
    });
  });

  test('TN-056: the claims are those of the moment, within the scopes that the client still may have', async () => {
    const { client, access } = await stage({}, 'openid email phone');
    expect(Object.keys(await claimsAtUserinfo(at, access)).length).toBe(5);
    await at.store.clients.replace({ ...client.record, scopes: ['openid', 'phone'] });
    expect(Object.keys(await claimsAtUserinfo(at, access)).toSorted()).toEqual([
      'phone_number',
      'phone_number_verified',
      'sub',
    ]);
  });

  test('TN-056: a refresh with fewer scopes gives a token that is told less', async () => {
    const { client, access, refreshToken } = await stage({}, 'openid email');
    const narrow = await refresh(at, client, refreshToken, { scope: 'openid' });
    expect(Object.keys(await claimsAtUserinfo(at, String(narrow.body.access_token)))).toEqual(['sub']);
    expect(Object.keys(await claimsAtUserinfo(at, access))).toContain('email');
  });

  test.each(['RS256', 'ES256', 'PS256', 'EdDSA'] as const)(
    'TN-057: a client that registered %s gets a JWT with that signature, from the issuer and for itself',
    async (algorithm) => {
      const { client, user, access } = await stage(
        { openid: { userinfoAlgorithm: algorithm } },
        'openid email',
      );
      const answer = await askUserinfo(at, access);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/jwt']);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const jwt = await answer.text();
      const { payload } = await jwtVerify(jwt, await publishedKeys(at), { algorithms: [algorithm] });
      expect(payload).toEqual({
        iss: at.issuer,
        aud: client.id,
        sub: user.id,
        email: 'ada@example.org',
        email_verified: true,
      });
      // It must not pass for an ID token or an access token.
      expect(decodeProtectedHeader(jwt)).toEqual({ alg: algorithm, kid: expect.any(String) });
      expect((await askUserinfo(at, jwt)).status).toBe(401);
      const refused = await askUserinfo(at, 'nothing');
      expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/json']);
    },
  );
});
