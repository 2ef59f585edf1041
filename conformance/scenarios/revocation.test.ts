import { type Client, StoreUnavailable } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic, callAs, introspect, obtainCode, redeem, refresh } from '../support/flow.ts';
import { describeTargets } from '../targets/each-target.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, Target, TestClient } from '../targets/target.ts';

/** There are more sign-ins here than one address may try. */
const config = { throttling: { address: { limit: 10_000 } } };

async function stageOn(target: Target, over: Partial<Client> = {}) {
  const client = await target.addClient(over);
  const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  const user = await target.addUser();
  const tokens = await redeem(target, client, await obtainCode(target, client, user));
  return {
    target,
    client,
    api,
    user,
    tokens,
    access: String(tokens.body.access_token),
    refreshToken: String(tokens.body.refresh_token),
  };
}

function revoke(target: Target, client: TestClient, token: string, hint?: string) {
  return callAs(target, client, '/revoke', { token, token_type_hint: hint });
}

/** A client of every kind: what holds for one holds for all. */
const kinds: [string, Partial<Client>][] = [
  ['a confidential client with Basic', {}],
  ['a confidential client by post', { authenticationMethod: 'client_secret_post' }],
  ['a public client', { authenticationMethod: 'none' }],
  ['a client with opaque tokens', { accessTokenFormat: 'opaque' }],
];

describeTargets((open) => {
  let target: RestartableTarget;
  beforeAll(async () => {
    target = await open({ config });
  });
  afterAll(() => target.stop());
  const stage = (over: Partial<Client> = {}) => stageOn(target, over);

  test('IR-030: every method but POST is 405 and says so, and revokes nothing', async () => {
    const { target, api, access } = await stage();
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await target.fetch(new Request(`${target.issuer}/revoke?token=${access}`, { method }));
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
    expect(await introspect(target, api, access)).toMatchObject({ active: true });
  });

  test('IR-030: a missing or repeated token is invalid_request, and so is one in the URL or in JSON', async () => {
    const { target, client, api, access } = await stage();
    const headers = {
      authorization: basic(client.id, client.secret),
      'content-type': 'application/x-www-form-urlencoded',
    };
    const send = async (init: RequestInit, query = '') => {
      const response = await target.fetch(
        new Request(`${target.issuer}/revoke${query}`, { method: 'POST', headers, ...init }),
      );
      return [response.status, (await response.json()).error];
    };
    const refused = [400, 'invalid_request'];
    expect(await send({ body: '' })).toEqual(refused);
    expect(await send({ body: 'token_type_hint=access_token' })).toEqual(refused);
    expect(await send({ body: `token=${access}&token=${access}` })).toEqual(refused);
    expect(await send({ body: '' }, `?token=${access}`)).toEqual(refused);
    expect(
      await send({
        body: JSON.stringify({ token: access }),
        headers: { ...headers, 'content-type': 'application/json' },
      }),
    ).toEqual(refused);
    expect(await introspect(target, api, access)).toMatchObject({ active: true });
  });

  test('IR-031: without the right credentials nothing is revoked, and with them it is', async () => {
    const { target, client, api, access, refreshToken } = await stage();
    for (const token of [access, refreshToken]) {
      const answers = [
        await revoke(target, { ...client, secret: 'wrong' }, token),
        await revoke(
          target,
          { ...client, record: { ...client.record, authenticationMethod: 'none' } },
          token,
        ),
      ];
      for (const { status, headers, body } of answers) {
        expect([status, body.error]).toEqual([401, 'invalid_client']);
        expect(headers.get('www-authenticate')).toMatch(/^Basic /);
      }
    }
    expect(await introspect(target, api, access)).toMatchObject({ active: true });
    expect((await refresh(target, client, refreshToken)).status).toBe(200);
    expect((await revoke(target, client, refreshToken)).status).toBe(200);
    expect(await introspect(target, api, access)).toEqual({ active: false });
  });

  test.each(kinds)(
    'IR-032: a token of %s is not revoked by another client, public or confidential',
    async (_, over) => {
      const { target, client, api, access, refreshToken } = await stage(over);
      const strangers = [
        await target.addClient(),
        await target.addClient({ authenticationMethod: 'none' }),
        api,
      ];
      for (const stranger of strangers) {
        for (const token of [access, refreshToken]) {
          const refused = await revoke(target, stranger, token);
          expect([refused.status, refused.body.error]).toEqual([400, 'unauthorized_client']);
        }
      }
      expect(await introspect(target, api, access)).toMatchObject({ active: true });
      expect((await refresh(target, client, refreshToken)).status).toBe(200);
    },
  );

  test.each(kinds)(
    'IR-033, IR-034: %s revokes its refresh token: 200 with an empty body, and it is dead at once',
    async (_, over) => {
      const { target, client, refreshToken } = await stage(over);
      const { body, status, headers } = await revoke(target, client, refreshToken);
      expect([status, body, headers.get('cache-control')]).toEqual([200, {}, 'no-store']);
      const refused = await refresh(target, client, refreshToken);
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
    },
  );

  test('IR-033: unknown, malformed and already dead tokens are 200 too', async () => {
    const { target, client, access, refreshToken } = await stage();
    for (const token of ['unknown', 'a.b.c', 'vkr1_', `${refreshToken}x`, '__proto__', '😀', '\u0000']) {
      expect([token, (await revoke(target, client, token)).status]).toEqual([token, 200]);
    }
    expect((await refresh(target, client, refreshToken)).status).toBe(200);
    for (const token of [access, access, refreshToken, refreshToken, access]) {
      expect((await revoke(target, client, token)).status).toBe(200);
    }
    target.pass(400 * 86_400_000);
    for (const token of [access, refreshToken])
      expect((await revoke(target, client, token)).status).toBe(200);
  });

  test.each(kinds)(
    'IR-035: a revoked refresh token of %s takes all access tokens of its grant with it',
    async (_, over) => {
      const { target, client, api, access, refreshToken } = await stage(over);
      const next = await refresh(target, client, refreshToken);
      await revoke(target, client, String(next.body.refresh_token));
      for (const token of [access, next.body.access_token])
        expect(await introspect(target, api, token)).toEqual({ active: false });
    },
  );

  test('IR-035: revoking a refresh token leaves other grants of the same person and client alone', async () => {
    const { target, client, api, user, refreshToken } = await stage();
    const other = await redeem(target, client, await obtainCode(target, client, user));
    await revoke(target, client, refreshToken);
    expect(await introspect(target, api, other.body.access_token)).toMatchObject({ active: true });
    expect((await refresh(target, client, other.body.refresh_token)).status).toBe(200);
  });

  test.each(kinds)(
    'IR-034, IR-035: a revoked access token of %s is dead at once, and the refresh token gives a living one',
    async (_, over) => {
      const { target, client, api, access, refreshToken } = await stage(over);
      expect((await revoke(target, client, access)).status).toBe(200);
      expect(await introspect(target, api, access)).toEqual({ active: false });
      const next = await refresh(target, client, refreshToken);
      expect(next.status).toBe(200);
      expect(await introspect(target, api, next.body.access_token)).toMatchObject({ active: true });
      expect(await introspect(target, api, access)).toEqual({ active: false });
    },
  );

  test('IR-033: revoking an access token that has run out leaves the living ones of its grant alone', async () => {
    const { target, client, api, access, refreshToken } = await stage();
    target.pass(600_000);
    const next = await refresh(target, client, refreshToken);
    expect((await revoke(target, client, access)).status).toBe(200);
    expect(await introspect(target, api, next.body.access_token)).toMatchObject({ active: true });
  });

  test('IR-034: a refresh token that was already replaced still revokes its family', async () => {
    const { target, client, api, refreshToken } = await stage({ authenticationMethod: 'none' });
    const next = await refresh(target, client, refreshToken);
    await revoke(target, client, refreshToken);
    expect((await refresh(target, client, next.body.refresh_token)).body.error).toBe('invalid_grant');
    expect(await introspect(target, api, next.body.access_token)).toEqual({ active: false });
  });

  test.each([['refresh_token'], ['access_token'], ['id_token'], [''], ['__proto__']])(
    'IR-037: with the hint "%s" any token is revoked all the same',
    async (hint) => {
      for (const kind of ['access', 'refreshToken'] as const) {
        const on = await stage();
        expect((await revoke(on.target, on.client, on[kind], hint)).status).toBe(200);
        expect(await introspect(on.target, on.api, on.access)).toEqual({ active: false });
      }
    },
  );

  test('IR-038: both kinds of token can be revoked, so that no kind has to be refused', async () => {
    const { target, client, access, refreshToken } = await stage();
    for (const [token, hint] of [
      [access, 'access_token'],
      [refreshToken, 'refresh_token'],
    ] as const) {
      expect((await revoke(target, client, token, hint)).status).toBe(200);
    }
  });

  test('IR-034: fifty revocations and refreshes at once leave the family dead', async () => {
    const { target, client, api, access, refreshToken } = await stage({ authenticationMethod: 'none' });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        i % 2 === 0 ? revoke(target, client, refreshToken) : refresh(target, client, refreshToken),
      ),
    );
    expect(await introspect(target, api, access)).toEqual({ active: false });
    for (const { body } of answers) {
      if (body.refresh_token === undefined) continue;
      expect((await refresh(target, client, body.refresh_token)).body.error).toBe('invalid_grant');
      expect(await introspect(target, api, body.access_token)).toEqual({ active: false });
    }
  });
});

test('IR-039: a store that cannot answer is 503 with Retry-After, and the token still lives', async () => {
  const store = memoryStore();
  const { target, client, api, access, refreshToken } = await stageOn(await inProcess({ store }));
  const { grants } = store;
  Object.assign(store, { grants: { ...grants, revoke: () => Promise.reject(new StoreUnavailable('gone')) } });
  const answer = await revoke(target, client, refreshToken);
  expect([answer.status, answer.body.error]).toEqual([503, 'temporarily_unavailable']);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await introspect(target, api, access)).toMatchObject({ active: true });
  Object.assign(store, { grants });
  expect((await revoke(target, client, refreshToken)).status).toBe(200);
  expect(await introspect(target, api, access)).toEqual({ active: false });
});
