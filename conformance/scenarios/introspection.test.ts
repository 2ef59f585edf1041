import { type Client, type Store, StoreUnavailable } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic, callAs, introspect, obtainCode, redeem, refresh } from '../support/flow.ts';
import { describeTargets } from '../targets/each-target.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, Target } from '../targets/target.ts';

const printsApi = 'https://prints.example/api';
const twoApis = {
  scopes: {
    'photos:read': { description: 'see your photos' },
    'photos:write': { description: 'add photos' },
    'prints:order': { description: 'order prints' },
  },
  resources: [
    { identifier: photosApi, name: 'Photo API', scopes: ['photos:read', 'photos:write'] },
    { identifier: printsApi, name: 'Print API', scopes: ['prints:order'] },
  ],
};
const apiClient = { grantTypes: [], redirectUris: [] };

async function stageOn(target: Target, over: Partial<Client> = {}) {
  const client = await target.addClient({ scopes: Object.keys(twoApis.scopes), ...over });
  const api = await target.addClient({ ...apiClient, serves: [photosApi] });
  const user = await target.addUser();
  const tokens = await redeem(target, client, await obtainCode(target, client, user));
  return { target, client, api, user, tokens, access: String(tokens.body.access_token) };
}

const inactive = { active: false };

/** Both formats have to behave alike in everything. */
const formats = [
  ['a JWT', 'jwt'],
  ['an opaque token', 'opaque'],
] as const;

type On = Awaited<ReturnType<typeof stageOn>>;

const deadly: [string, (on: On) => Promise<unknown>][] = [
  [
    'the person is disabled',
    ({ target, user }) => target.store.users.setDisabled({ id: user.id, disabledAt: target.now() }),
  ],
  [
    'the client is disabled',
    ({ target, client }) => target.store.clients.replace({ ...client.record, disabledAt: target.now() }),
  ],
  ['the client is removed', ({ target, client }) => target.store.clients.remove(client.id)],
  [
    'the consent is withdrawn',
    ({ target, user, client }) => target.store.consents.withdraw(user.id, client.id, target.now()),
  ],
  [
    'its refresh token is revoked',
    ({ target, client, tokens }) =>
      callAs(target, client, '/revoke', { token: String(tokens.body.refresh_token) }),
  ],
  [
    'it is revoked itself',
    ({ target, client, access }) => callAs(target, client, '/revoke', { token: access }),
  ],
];

describeTargets((open) => {
  let target: RestartableTarget;
  beforeAll(async () => {
    target = await open({ config: { ...twoApis, throttling: { address: { limit: 10_000 } } } });
  });
  afterAll(() => target.stop());
  const stage = (over: Partial<Client> = {}) => stageOn(target, over);

  test('IR-001: every method but POST is 405 and says so', async () => {
    const { target, access } = await stage();
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await target.fetch(new Request(`${target.issuer}/introspect`, { method }));
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
    const inUrl = await target.fetch(new Request(`${target.issuer}/introspect?token=${access}`));
    expect(inUrl.status).toBe(405);
  });

  test('IR-001: a missing token is invalid_request; in the URL, as JSON or twice it is too', async () => {
    const { target, api, access } = await stage();
    const headers = {
      authorization: basic(api.id, api.secret),
      'content-type': 'application/x-www-form-urlencoded',
    };
    const send = async (init: RequestInit, query = '') => {
      const response = await target.fetch(
        new Request(`${target.issuer}/introspect${query}`, { method: 'POST', headers, ...init }),
      );
      return [response.status, (await response.json()).error];
    };
    const refused = [400, 'invalid_request'];
    expect(await send({ body: '' })).toEqual(refused);
    expect(await send({ body: 'token=' })).toEqual(refused);
    expect(await send({ body: '' }, `?token=${access}`)).toEqual(refused);
    expect(await send({ body: `token=${access}` }, `?token=${access}`)).toEqual(refused);
    expect(await send({ body: `token=${access}&token=${access}` })).toEqual(refused);
    expect(
      await send({
        body: JSON.stringify({ token: access }),
        headers: { ...headers, 'content-type': 'application/json' },
      }),
    ).toEqual(refused);
    expect(await introspect(target, api, access)).toMatchObject({ active: true });
  });

  test('IR-002: nobody asks without credentials, nor a public client by its bare id', async () => {
    const { target, api, access } = await stage();
    const publicClient = await target.addClient({ authenticationMethod: 'none', serves: [photosApi] });
    const nobody = await target.fetch(
      new Request(`${target.issuer}/introspect`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `token=${access}`,
      }),
    );
    const answers = [
      {
        status: nobody.status,
        headers: nobody.headers,
        body: (await nobody.json()) as Record<string, unknown>,
      },
      await callAs(target, publicClient, '/introspect', { token: access }),
      await callAs(target, { ...api, secret: 'wrong' }, '/introspect', { token: access }),
      await callAs(target, { ...api, id: 'nobody' }, '/introspect', { token: access }),
    ];
    for (const { status, headers, body } of answers) {
      expect([status, body.error, Object.keys(body)]).toEqual([
        401,
        'invalid_client',
        ['error', 'error_description'],
      ]);
      expect(headers.get('www-authenticate')).toMatch(/^Basic /);
    }
    expect(await introspect(target, api, access)).toMatchObject({ active: true });
  });

  test.each(formats)(
    'IR-005: %s is active for an API it is meant for, and for nobody else',
    async (_, accessTokenFormat) => {
      const { target, client, api, access } = await stage({ accessTokenFormat });
      const otherApi = await target.addClient({ ...apiClient, serves: [printsApi] });
      const bothApis = await target.addClient({ ...apiClient, serves: [printsApi, photosApi] });
      const otherClient = await target.addClient();
      expect(await introspect(target, api, access)).toMatchObject({ active: true });
      expect(await introspect(target, bothApis, access)).toMatchObject({ active: true });
      expect(await introspect(target, otherApi, access)).toEqual(inactive);
      expect(await introspect(target, otherClient, access)).toEqual(inactive);
      // The client it was issued to is told what it may know anyway.
      expect(await introspect(target, client, access)).toMatchObject({ active: true, client_id: client.id });
      const near = await target.addClient({
        ...apiClient,
        serves: [`${photosApi}/`, photosApi.toUpperCase(), 'https://photos.example'],
      });
      expect(await introspect(target, near, access)).toEqual(inactive);
    },
  );

  test.each(formats)(
    'IR-008, IR-010: of %s the answer tells scope, client, subject, audience and times, and no more',
    async (_, accessTokenFormat) => {
      const { target, client, api, user, access } = await stage({ accessTokenFormat });
      const answer = await callAs(target, api, '/introspect', { token: access });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(answer.body).toEqual({
        active: true,
        scope: 'photos:read',
        client_id: client.id,
        sub: user.id,
        iss: target.issuer,
        aud: photosApi,
        exp: expect.any(Number),
        iat: expect.any(Number),
        jti: expect.any(String),
        auth_time: expect.any(Number),
        token_type: 'Bearer',
      });
      const { iat, auth_time: authTime } = answer.body;
      expect(Number(authTime)).toBeLessThanOrEqual(Number(iat));
      expect(Number(authTime)).toBeGreaterThan(Number(iat) - 60);
      expect(Number(answer.body.exp) - Number(answer.body.iat)).toBe(600);
      expect(Math.abs(Number(answer.body.iat) * 1000 - target.now())).toBeLessThan(60_000);
    },
  );

  test('IR-012: the answer is stored by nobody, active or not', async () => {
    const { target, api, access } = await stage();
    for (const token of [access, 'unknown']) {
      const { headers } = await callAs(target, api, '/introspect', { token });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('IR-004: whatever is wrong with a token, the answer is {"active":false} to the byte', async () => {
    const { target, client, api, tokens, access } = await stage();
    const ask = async (token: string) => {
      const response = await target.fetch(
        new Request(`${target.issuer}/introspect`, {
          method: 'POST',
          headers: {
            authorization: basic(api.id, api.secret),
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: new URLSearchParams({ token }).toString(),
        }),
      );
      return `${response.status} ${await response.text()}`;
    };
    const wrong = [
      'unknown',
      'a.b.c',
      'vka1_',
      'vka1_AAAAAA',
      'vkr1_x',
      '__proto__',
      'null',
      '{}',
      ' ',
      '\u0000',
      '😀',
      `${access}x`,
      access.slice(1),
      `${tokens.body.refresh_token}`,
      `${client.id}`,
    ];
    for (const token of wrong) expect([token, await ask(token)]).toEqual([token, '200 {"active":false}']);
    await callAs(target, client, '/revoke', { token: String(tokens.body.refresh_token) });
    expect(await ask(access)).toBe('200 {"active":false}');
  });

  test.each(formats)(
    'IR-004: a changed letter anywhere in %s makes it inactive',
    async (_, accessTokenFormat) => {
      const { target, api, access } = await stage({ accessTokenFormat });
      const positions = Array.from({ length: 24 }, (_, i) => Math.floor((i * (access.length - 1)) / 23));
      for (const at of positions) {
        const letter = access[at] === 'A' ? 'B' : 'A';
        const changed = access.slice(0, at) + letter + access.slice(at + 1);
        expect([at, await introspect(target, api, changed)]).toEqual([at, inactive]);
      }
      expect(await introspect(target, api, access)).toMatchObject({ active: true });
    },
  );

  test.each(formats)(
    'IR-006: %s is active to the end of its life and not after',
    async (_, accessTokenFormat) => {
      const { target, api, access } = await stage({ accessTokenFormat });
      const { exp } = await introspect(target, api, access);
      target.pass(Number(exp) * 1000 - target.now() - 20_000);
      expect(await introspect(target, api, access)).toMatchObject({ active: true });
      target.pass(20_000);
      expect(await introspect(target, api, access)).toEqual(inactive);
    },
  );

  for (const [what, accessTokenFormat] of formats) {
    test.each(deadly)(`IR-006: ${what} is inactive at once, and stays so, when %s`, async (_, happens) => {
      const on = await stage({ accessTokenFormat });
      expect(await introspect(on.target, on.api, on.access)).toMatchObject({ active: true });
      await happens(on);
      for (let i = 0; i < 3; i += 1) expect(await introspect(on.target, on.api, on.access)).toEqual(inactive);
    });
  }

  test('IR-006: a caller that is disabled is told nothing', async () => {
    const { target, api, access } = await stage();
    await target.store.clients.replace({ ...api.record, disabledAt: target.now() });
    expect((await callAs(target, api, '/introspect', { token: access })).status).toBe(401);
  });

  test('IR-008: a scope taken from the client is gone from the answer at once', async () => {
    const { target, client, api, user } = await stage();
    const tokens = await redeem(
      target,
      client,
      await obtainCode(target, client, user, { scope: 'photos:read photos:write' }),
    );
    await target.store.clients.replace({ ...client.record, scopes: ['photos:read'] });
    expect(await introspect(target, api, tokens.body.access_token)).toMatchObject({
      active: true,
      scope: 'photos:read',
    });
  });

  test.each([undefined, 'access_token', 'refresh_token', 'pkce_verifier', '', '__proto__'])(
    'IR-007: a token_type_hint of %s hides no token',
    async (hint) => {
      const { target, client, api, tokens, access } = await stage();
      const asked = async (who: typeof api, token: unknown) =>
        (await callAs(target, who, '/introspect', { token: String(token), token_type_hint: hint })).body;
      expect(await asked(api, access)).toMatchObject({ active: true, token_type: 'Bearer' });
      expect(await asked(client, tokens.body.refresh_token)).toMatchObject({
        active: true,
        token_type: 'refresh_token',
      });
    },
  );

  test('IR-015: a refresh token is nothing to an API, and to its own client it says what it is', async () => {
    const { target, client, api, user, tokens } = await stage();
    expect(await introspect(target, api, tokens.body.refresh_token)).toEqual(inactive);
    expect(await introspect(target, await target.addClient(), tokens.body.refresh_token)).toEqual(inactive);
    const own = await introspect(target, client, tokens.body.refresh_token);
    expect(own).toMatchObject({
      active: true,
      token_type: 'refresh_token',
      client_id: client.id,
      sub: user.id,
    });
    expect(own).not.toHaveProperty('aud');
    // A client that is also the API of its own tokens gets no more than its own refresh tokens.
    const both = await target.addClient({ serves: [photosApi] });
    expect(await introspect(target, both, tokens.body.refresh_token)).toEqual(inactive);
  });

  test('IR-006: a refresh token that was replaced, has run out, or whose client has lost the grant type is inactive', async () => {
    const { target, client, tokens } = await stage({ rotateRefreshTokens: true });
    const next = await refresh(target, client, tokens.body.refresh_token);
    expect(await introspect(target, client, tokens.body.refresh_token)).toEqual(inactive);
    expect(await introspect(target, client, next.body.refresh_token)).toMatchObject({ active: true });
    target.pass(31 * 86_400_000);
    expect(await introspect(target, client, next.body.refresh_token)).toEqual(inactive);
    const other = await stage();
    await other.target.store.clients.replace({ ...other.client.record, grantTypes: ['authorization_code'] });
    expect(await introspect(other.target, other.client, other.tokens.body.refresh_token)).toEqual(inactive);
  });

  test('IR-006: asking changes nothing: the refresh token is as good as before', async () => {
    const { target, client, tokens, access } = await stage({ rotateRefreshTokens: true });
    for (let i = 0; i < 5; i += 1) {
      await introspect(target, client, access);
      await introspect(target, client, tokens.body.refresh_token);
    }
    expect((await refresh(target, client, tokens.body.refresh_token)).status).toBe(200);
  });
});

test('IR-012, SB-026: wrong credentials are limited for the caller and its address', async () => {
  const { target, api, access } = await stageOn(
    await inProcess({ config: { ...twoApis, throttling: { client: { limit: 3, windowSeconds: 60 } } } }),
  );
  const statuses: number[] = [];
  for (let i = 0; i < 5; i += 1)
    statuses.push(
      (await callAs(target, { ...api, secret: 'guess' }, '/introspect', { token: access })).status,
    );
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  target.pass(60_000);
  expect(await introspect(target, api, access)).toMatchObject({ active: true });
});

test('IR-004: a store that cannot answer is 503 with Retry-After, never "inactive"', async () => {
  const store = memoryStore();
  const { target, api, access } = await stageOn(await inProcess({ config: twoApis, store }));
  const down: Store = {
    ...store,
    grants: { ...store.grants, find: () => Promise.reject(new StoreUnavailable('gone')) },
  };
  Object.assign(store, { grants: down.grants });
  const answer = await callAs(target, api, '/introspect', { token: access });
  expect([answer.status, answer.body.error]).toEqual([503, 'temporarily_unavailable']);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
});
