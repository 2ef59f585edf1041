import { randomBytes } from 'node:crypto';
import type { Client, ConfigInput, Grant } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { type Node, startNode } from '../simulation/node.ts';
import { introspect, obtainCode, redeem, refresh, type TokenAnswer } from '../support/flow.ts';
import { photosApi } from '../targets/in-process.ts';
import type { Target, TestClient } from '../targets/target.ts';

const day = 86_400_000;

/** On a clock that stands still, since edges are asserted to the millisecond. */
async function stage(over: Partial<Client> = {}, config: Partial<ConfigInput> = {}) {
  const node = startNode({
    store: memoryStore(),
    rootKey: randomBytes(32),
    clock: { now: Date.now() },
    config,
  });
  const client = await node.addClient(over);
  const api = await node.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  const user = await node.addUser();
  const scope = 'photos:read photos:write';
  const tokens = await redeem(node, client, await obtainCode(node, client, user, { scope }));
  return { target: node, client, api, user, tokens };
}

const publicClient = { authenticationMethod: 'none' } as const;

function expectInvalidGrant(answer: TokenAnswer): void {
  expect([answer.status, answer.body.error], JSON.stringify(answer.body)).toEqual([400, 'invalid_grant']);
}

async function renew(
  target: Target,
  client: TestClient,
  tokens: TokenAnswer,
  over: Record<string, string> = {},
) {
  const next = await refresh(target, client, tokens.body.refresh_token, over);
  expect(next.status, JSON.stringify(next.body)).toBe(200);
  return next;
}

/** The one grant of the stage, as stored. */
async function storedGrant(target: Node, accessToken: unknown, api: TestClient): Promise<Grant> {
  const { jti } = await introspect(target, api, accessToken);
  const grant = await target.store.grants.find(String(jti).split('.')[0] ?? '');
  if (grant === null) throw new Error('The grant is not stored.');
  return grant;
}

test('TK-071: a refresh token is of no use to another client, and stays good for its own', async () => {
  const { target, client, tokens } = await stage();
  for (const over of [{}, publicClient, { authenticationMethod: 'client_secret_post' }] as const) {
    expectInvalidGrant(await refresh(target, await target.addClient(over), tokens.body.refresh_token));
  }
  expect((await refresh(target, { ...client, secret: 'wrong' }, tokens.body.refresh_token)).status).toBe(401);
  await renew(target, client, tokens);
});

test('TK-071: a public client is named, and another public client cannot rotate its token away', async () => {
  const { target, client, tokens } = await stage(publicClient);
  expectInvalidGrant(await refresh(target, await target.addClient(publicClient), tokens.body.refresh_token));
  expect((await refresh(target, { ...client, id: '' }, tokens.body.refresh_token)).body.error).toBe(
    'invalid_client',
  );
  const next = await renew(target, client, tokens);
  await renew(target, client, next);
});

test('TK-071: what is no refresh token of this server is invalid_grant, tampered ones included', async () => {
  const { target, client, tokens } = await stage();
  const token = String(tokens.body.refresh_token);
  const letter = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  const wrong = [
    'tGzv3JOkF0XG5Qx2TlKWIA',
    String(tokens.body.access_token),
    `${token}A`,
    token.slice(0, -1),
    letter(12),
    letter(80),
    letter(token.length - 1),
    token.replace('vkr1_', 'vka1_'),
    `${token}.${token}`,
  ];
  for (const value of wrong) expectInvalidGrant(await refresh(target, client, value));
  const empty = await refresh(target, client, '');
  expect([empty.status, empty.body.error]).toEqual([400, 'invalid_request']);
  await renew(target, client, tokens);
});

test('TK-072: refresh tokens of a public client are replaced at each use', async () => {
  const { target, client, tokens } = await stage(publicClient);
  const seen = new Set([tokens.body.refresh_token]);
  let latest = tokens;
  for (let i = 0; i < 5; i += 1) {
    latest = await renew(target, client, latest);
    expect(seen.has(latest.body.refresh_token)).toBe(false);
    seen.add(latest.body.refresh_token);
  }
});

test('TK-075: refresh tokens of a confidential client stay the same', async () => {
  const { target, client, tokens } = await stage();
  for (let i = 0; i < 3; i += 1) {
    expect((await renew(target, client, tokens)).body.refresh_token).toBe(tokens.body.refresh_token);
    target.pass(day);
  }
});

test.each([
  ['a confidential client that was set to rotate does', { rotateRefreshTokens: true }, true],
  ['a public client that was set not to does not', { ...publicClient, rotateRefreshTokens: false }, false],
] as const)('TK-072, TK-075: rotation can be set for a client: %s', async (_, over, rotates) => {
  const { target, client, tokens } = await stage(over);
  const next = await renew(target, client, tokens);
  expect(next.body.refresh_token !== tokens.body.refresh_token).toBe(rotates);
});

test('TK-073, SB-033: a replaced token that comes back ends the family, newest token and access tokens included', async () => {
  const { target, client, api, user, tokens } = await stage(publicClient);
  const second = await renew(target, client, tokens);
  const third = await renew(target, client, second);
  expectInvalidGrant(await refresh(target, client, tokens.body.refresh_token));
  expectInvalidGrant(await refresh(target, client, third.body.refresh_token));
  expectInvalidGrant(await refresh(target, client, second.body.refresh_token));
  for (const { body } of [tokens, second, third]) {
    expect(await introspect(target, api, body.access_token)).toEqual({ active: false });
  }
  const told = target.events.filter((event) => event.type === 'grant.revoked');
  expect(told).toMatchObject([{ why: 'refresh_token_reused', userId: user.id, clientId: client.id }]);
});

test('TK-073: another family of the same person and client outlives the reuse', async () => {
  const { target, client, user, tokens } = await stage(publicClient);
  const other = await redeem(target, client, await obtainCode(target, client, user));
  await renew(target, client, await renew(target, client, tokens));
  expectInvalidGrant(await refresh(target, client, tokens.body.refresh_token));
  await renew(target, client, other);
});

test('TK-073: a replaced token presented by another client, or with too wide a scope, ends nothing', async () => {
  const { target, client, tokens } = await stage(publicClient);
  const second = await renew(target, client, tokens);
  const third = await renew(target, client, second);
  expectInvalidGrant(await refresh(target, await target.addClient(publicClient), tokens.body.refresh_token));
  const wide = await refresh(target, client, tokens.body.refresh_token, {
    scope: 'photos:read photos:delete',
  });
  expect(wide.body.error).toBe('invalid_scope');
  await renew(target, client, third);
});

test('TK-074: within ten seconds the token just replaced gives the same successor again, byte for byte', async () => {
  const { target, client, tokens } = await stage(publicClient);
  const next = await renew(target, client, tokens);
  const again = [await renew(target, client, tokens), await renew(target, client, tokens)];
  target.pass(10_000);
  again.push(await renew(target, client, tokens));
  for (const { body } of again) expect(body.refresh_token).toBe(next.body.refresh_token);
  expect(new Set([next, ...again].map(({ body }) => body.access_token)).size).toBe(4);
  await renew(target, client, next);
});

test('TK-074: the grace is over after ten seconds, and is not prolonged by those who use it', async () => {
  const { target, client, tokens } = await stage(publicClient);
  const next = await renew(target, client, tokens);
  target.pass(6000);
  await renew(target, client, tokens);
  target.pass(4001);
  expectInvalidGrant(await refresh(target, client, tokens.body.refresh_token));
  expectInvalidGrant(await refresh(target, client, next.body.refresh_token));
});

test('TK-074: the grace is for the last generation only: once the successor was used it is over', async () => {
  const { target, client, tokens } = await stage(publicClient);
  const next = await renew(target, client, tokens);
  await renew(target, client, next);
  expectInvalidGrant(await refresh(target, client, tokens.body.refresh_token));
});

test('TK-074: fifty tabs that refresh at once all get the same token, and it works', async () => {
  const { target, client, tokens } = await stage(publicClient);
  const answers = await Promise.all(Array.from({ length: 50 }, () => renew(target, client, tokens)));
  const successors = new Set(answers.map(({ body }) => body.refresh_token));
  expect(successors.size).toBe(1);
  const [first] = answers;
  await renew(target, client, first ?? tokens);
});

test('TK-074: with the grace turned off a repeated token is reuse at once', async () => {
  const { target, client, tokens } = await stage(publicClient, { lifetimes: { refreshGrace: 0 } });
  const next = await renew(target, client, tokens);
  expectInvalidGrant(await refresh(target, client, tokens.body.refresh_token));
  expectInvalidGrant(await refresh(target, client, next.body.refresh_token));
});

test('TK-074: the same client is asked for in the grace too', async () => {
  const { target, client, tokens } = await stage({ rotateRefreshTokens: true });
  const next = await renew(target, client, tokens);
  expectInvalidGrant(await refresh(target, await target.addClient(), tokens.body.refresh_token));
  expect((await refresh(target, { ...client, secret: 'wrong' }, tokens.body.refresh_token)).status).toBe(401);
  await renew(target, client, tokens);
  await renew(target, client, next);
});

test('TK-074: a token of the grace is bound by the absolute end like any other', async () => {
  const { target, client, tokens } = await stage(publicClient, {
    lifetimes: { refreshTokenIdle: 60, refreshTokenAbsolute: 60 },
  });
  target.pass(55_000);
  await renew(target, client, tokens);
  target.pass(5000);
  expectInvalidGrant(await refresh(target, client, tokens.body.refresh_token));
});

test('TK-073: a token that is ahead of a store rolled back ends the family, and loudly', async () => {
  const { target, client, api, tokens } = await stage(publicClient);
  const older = await storedGrant(target, tokens.body.access_token, api);
  const second = await renew(target, client, tokens);
  const third = await renew(target, client, second);
  await restore(target, older);
  expectInvalidGrant(await refresh(target, client, third.body.refresh_token));
  expectInvalidGrant(await refresh(target, client, tokens.body.refresh_token));
  expect(target.events.filter(({ type }) => type === 'grant.revoked')).toMatchObject([
    { why: 'refresh_token_ahead' },
  ]);
});

/** Puts an older row back, as a backup does. */
async function restore(target: Node, older: Grant): Promise<void> {
  await target.store.sweep(older.sweepAt);
  await target.store.grants.open(older);
}

test('TK-075: a client that stops rotating keeps its current token, and a replaced one is still reuse', async () => {
  const { target, client, tokens } = await stage({ rotateRefreshTokens: true });
  const second = await renew(target, client, tokens);
  const third = await renew(target, client, second);
  await target.store.clients.replace({ ...client.record, rotateRefreshTokens: false });
  expect((await renew(target, client, third)).body.refresh_token).toBe(third.body.refresh_token);
  expectInvalidGrant(await refresh(target, client, tokens.body.refresh_token));
  expectInvalidGrant(await refresh(target, client, third.body.refresh_token));
});

test('TK-076: a narrower scope narrows the access token and not the refresh token', async () => {
  for (const over of [publicClient, {}]) {
    const { target, client, api, tokens } = await stage(over);
    const narrow = await renew(target, client, tokens, { scope: 'photos:read' });
    expect(narrow.body.scope).toBe('photos:read');
    expect(await introspect(target, api, narrow.body.access_token)).toMatchObject({
      active: true,
      scope: 'photos:read',
    });
    const full = await renew(target, client, narrow);
    expect(String(full.body.scope).split(' ').toSorted()).toEqual(['photos:read', 'photos:write']);
  }
});

test('TK-076: a scope beyond the grant is invalid_scope, even one the client is registered for, and burns nothing', async () => {
  const { target, client, user } = await stage(publicClient);
  const tokens = await redeem(
    target,
    client,
    await obtainCode(target, client, user, { scope: 'photos:read' }),
  );
  for (const scope of [
    'photos:read photos:write',
    'photos:write',
    'photos:delete',
    'PHOTOS:READ',
    'photos:read  photos:read',
  ]) {
    const refused = await refresh(target, client, tokens.body.refresh_token, { scope });
    expect([scope, refused.status, refused.body.error]).toEqual([scope, 400, 'invalid_scope']);
  }
  const next = await renew(target, client, tokens, { scope: 'photos:read photos:read' });
  expect(next.body.scope).toBe('photos:read');
});

test('TK-076: the order of scopes means nothing', async () => {
  const { target, client, tokens } = await stage();
  const next = await renew(target, client, tokens, { scope: 'photos:write photos:read' });
  expect(String(next.body.scope).split(' ').toSorted()).toEqual(['photos:read', 'photos:write']);
});

test('TK-070: a scope taken from the client is gone at the next refresh, and comes back when it is given back', async () => {
  const { target, client, tokens } = await stage();
  await target.store.clients.replace({ ...client.record, scopes: ['photos:read'] });
  expect((await renew(target, client, tokens)).body.scope).toBe('photos:read');
  const asked = await refresh(target, client, tokens.body.refresh_token, { scope: 'photos:write' });
  expect([asked.status, asked.body.error]).toEqual([400, 'invalid_scope']);
  const everything = await target.store.clients.find(client.id);
  await target.store.clients.replace({
    ...client.record,
    version: everything?.version ?? 0,
    scopes: ['photos:read', 'photos:write'],
  });
  expect(String((await renew(target, client, tokens)).body.scope)).toContain('photos:write');
});

test('TK-070: a client that has lost the grant type refreshes no more', async () => {
  const { target, client, tokens } = await stage();
  await target.store.clients.replace({ ...client.record, grantTypes: ['authorization_code'] });
  expect((await refresh(target, client, tokens.body.refresh_token)).body.error).toBe('unauthorized_client');
});

const lifetimes = { refreshTokenIdle: 30 * 86_400, refreshTokenAbsolute: 60 * 86_400 };

test.each([
  ['rotating', publicClient],
  ['lasting', {}],
] as const)(
  'TK-080: a %s refresh token ends when it has not been used for its idle time',
  async (_, over) => {
    const { target, client, tokens } = await stage(over, { lifetimes });
    target.pass(30 * day - 1);
    const next = await renew(target, client, tokens);
    target.pass(30 * day - 1);
    const last = await renew(target, client, next);
    expectInvalidGrant(await after(target, 30 * day, () => refresh(target, client, last.body.refresh_token)));
  },
);

test.each([
  ['rotating', publicClient],
  ['lasting', {}],
] as const)(
  'TK-080: a %s refresh token ends at its absolute age, however busy, and its access tokens with it',
  async (_, over) => {
    const { target, client, api, tokens } = await stage(over, { lifetimes });
    let latest = tokens;
    for (let days = 0; days < 50; days += 10) {
      target.pass(10 * day);
      latest = await renew(target, client, latest);
    }
    target.pass(10 * day - 60_000);
    latest = await renew(target, client, latest);
    expect(latest.body.expires_in).toBe(60);
    expect(await introspect(target, api, latest.body.access_token)).toMatchObject({ active: true });
    target.pass(60_000);
    expect(await introspect(target, api, latest.body.access_token)).toEqual({ active: false });
    expectInvalidGrant(await refresh(target, client, latest.body.refresh_token));
  },
);

function after<T>(target: Target, milliseconds: number, act: () => Promise<T>): Promise<T> {
  target.pass(milliseconds);
  return act();
}

test('TK-080: refusals and narrow requests do not keep a token alive that nobody uses rightly', async () => {
  const { target, client, tokens } = await stage(publicClient, { lifetimes });
  target.pass(30 * day - 1);
  await refresh(target, client, tokens.body.refresh_token, { scope: 'photos:delete' });
  await refresh(target, await target.addClient(publicClient), tokens.body.refresh_token);
  target.pass(1);
  expectInvalidGrant(await refresh(target, client, tokens.body.refresh_token));
});

/** What ends a living grant (invariants.md, cascade), and what leaves it alone. */
type On = Awaited<ReturnType<typeof stage>>;
const deadly: [string, (on: On) => Promise<unknown>][] = [
  [
    'her password is reset',
    ({ target, user }) => target.store.users.setPassword({ id: user.id, passwordHash: 'x', endGrants: true }),
  ],
  [
    'she is disabled',
    ({ target, user }) => target.store.users.setDisabled({ id: user.id, disabledAt: target.now() }),
  ],
  [
    'she is disabled and enabled again',
    async ({ target, user }) => {
      await target.store.users.setDisabled({ id: user.id, disabledAt: target.now() });
      await target.store.users.setDisabled({ id: user.id, disabledAt: null });
    },
  ],
  [
    'she withdraws her consent',
    ({ target, user, client }) => target.store.consents.withdraw(user.id, client.id, target.now()),
  ],
  [
    'she withdraws her consent and gives it again',
    async ({ target, user, client }) => {
      await target.store.consents.withdraw(user.id, client.id, target.now());
      expect((await redeem(target, client, await obtainCode(target, client, user))).status).toBe(200);
    },
  ],
  [
    'everything granted to the client is ended',
    ({ target, client }) =>
      target.store.clients.replace({ ...client.record, grantEpoch: client.record.grantEpoch + 1 }),
  ],
  [
    'the client is removed and added anew',
    async ({ target, client }) => {
      await target.store.clients.remove(client.id);
      await target.store.clients.add({ ...client.record, grantEpoch: client.record.grantEpoch + 1 });
    },
  ],
];

test.each(deadly)('TK-081, TK-060, SB-034: refresh and access tokens die when %s', async (_, happens) => {
  for (const over of [publicClient, {}]) {
    const on = await stage(over);
    const { target, client, api, tokens } = on;
    const latest = await renew(target, client, tokens);
    await happens(on);
    expectInvalidGrant(await refresh(target, client, latest.body.refresh_token));
    expect(await introspect(target, api, latest.body.access_token)).toEqual({ active: false });
  }
});

test('TK-081: a removed client gets 401, and its tokens are dead at the API', async () => {
  const { target, client, api, tokens } = await stage();
  await target.store.clients.remove(client.id);
  expect((await refresh(target, client, tokens.body.refresh_token)).status).toBe(401);
  expect(await introspect(target, api, tokens.body.access_token)).toEqual({ active: false });
});

const harmless: [string, (on: On) => Promise<unknown>][] = [
  [
    'she changes her password herself',
    ({ target, user }) =>
      target.store.users.setPassword({ id: user.id, passwordHash: 'x', endGrants: false }),
  ],
  ['she signs out everywhere', ({ target, user }) => target.store.users.endSessions(user.id)],
  [
    'she withdraws her consent to another app',
    async ({ target, user }) => {
      const other = await target.addClient();
      await redeem(target, other, await obtainCode(target, other, user));
      await target.store.consents.withdraw(user.id, other.id, target.now());
    },
  ],
  [
    'another person is disabled',
    async ({ target }) => {
      const { id } = await target.addUser();
      await target.store.users.setDisabled({ id, disabledAt: target.now() });
    },
  ],
];

test.each(harmless)('TK-081: refresh and access tokens live on when %s', async (_, happens) => {
  const on = await stage(publicClient);
  await happens(on);
  expect(await introspect(on.target, on.api, on.tokens.body.access_token)).toMatchObject({ active: true });
  await renew(on.target, on.client, on.tokens);
});

test('TN-022: the new access token says the same of the grant, with a new time and a new jti', async () => {
  const { target, client, api, tokens } = await stage();
  target.pass(5000);
  const next = await renew(target, client, tokens);
  const [before, after] = [
    await introspect(target, api, tokens.body.access_token),
    await introspect(target, api, next.body.access_token),
  ];
  for (const name of ['iss', 'sub', 'aud', 'client_id', 'scope'] as const)
    expect(after[name]).toEqual(before[name]);
  expect(Number(after.iat) - Number(before.iat)).toBe(5);
  expect(after.jti).not.toBe(before.jti);
});
