import { randomBytes } from 'node:crypto';
import type { Client } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNode } from '../simulation/node.ts';
import { Browser } from '../support/browser.ts';
import {
  type Answer,
  authorizeUrl,
  callAs,
  introspect,
  obtainCode,
  pkce,
  redeem,
  refresh,
  type TokenAnswer,
  walk,
} from '../support/flow.ts';
import { describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, Target, TestClient } from '../targets/target.ts';

/** There are more sign-ins here than one address may try. */
const config = { throttling: { address: { limit: 10_000 } } };

async function stageOn(target: Target, over: Partial<Client> = {}) {
  const client = await target.addClient(over);
  const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  const user = await target.addUser();
  return { target, client, api, user, answer: await obtainCode(target, client, user) };
}

function expectInvalidGrant(answer: TokenAnswer): void {
  expect([answer.status, answer.body.error], JSON.stringify(answer.body)).toEqual([400, 'invalid_grant']);
}

/** Whether what these tokens gave still stands: the access token at the API, the refresh token at the token endpoint. */
async function stillWorks(
  { target, api, client }: { target: Target; api: TestClient; client: TestClient },
  tokens: TokenAnswer,
): Promise<{ access: unknown; refresh: number }> {
  const { active } = await introspect(target, api, tokens.body.access_token);
  return { access: active, refresh: (await refresh(target, client, tokens.body.refresh_token)).status };
}

const alive = { access: true, refresh: 200 };
const dead = { access: false, refresh: 400 };

function flipped(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

/** test-vectors §1. */
const verifiers = [
  ['dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
  ['3641a2d12d66101249cdf7a79c000c1f8c05d2aafcf14bf146497bed', '6fdkQaPm51l13DSukcAH3Mdx7_ntecHYd1vi3n0hMZY'],
] as const;

async function s256(verifier: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))).toString(
    'base64url',
  );
}

/** What may happen between the code and its redemption, and whether the code survives it. */
const meanwhile: [string, (on: Awaited<ReturnType<typeof stageOn>>) => Promise<unknown>][] = [
  [
    'the person is disabled',
    ({ target, user }) => target.store.users.setDisabled({ id: user.id, disabledAt: target.now() }),
  ],
  [
    'the person is disabled and enabled again',
    async ({ target, user }) => {
      await target.store.users.setDisabled({ id: user.id, disabledAt: target.now() });
      await target.store.users.setDisabled({ id: user.id, disabledAt: null });
    },
  ],
  [
    'her password is reset',
    ({ target, user }) => target.store.users.setPassword({ id: user.id, passwordHash: 'x', endGrants: true }),
  ],
  [
    'her password is changed, which ends her sessions',
    ({ target, user }) =>
      target.store.users.setPassword({ id: user.id, passwordHash: 'x', endGrants: false }),
  ],
  ['she signs out everywhere', ({ target, user }) => target.store.users.endSessions(user.id)],
  [
    'she signs out',
    async ({ target, user }) => {
      for (const { id } of await target.store.sessions.listOf(user.id, target.now()))
        await target.store.sessions.end(id, target.now());
    },
  ],
  [
    'she withdraws her consent',
    ({ target, user, client }) => target.store.consents.withdraw(user.id, client.id, target.now()),
  ],
  [
    'the client loses everything ever granted to it',
    ({ target, client }) =>
      target.store.clients.replace({ ...client.record, grantEpoch: client.record.grantEpoch + 1 }),
  ],
  [
    'the client is removed and one of the same name and secret is added',
    async ({ target, client }) => {
      await target.store.clients.remove(client.id);
      await target.store.clients.add({ ...client.record, grantEpoch: client.record.grantEpoch + 1 });
    },
  ],
];

describeTargets((open) => {
  let target: RestartableTarget;
  beforeAll(async () => {
    target = await open({ config });
  });
  afterAll(() => target.stop());
  const stage = (over: Partial<Client> = {}) => stageOn(target, over);

  test.each(verifiers)(
    'TK-055: the published verifier %s fits its challenge',
    async (verifier, code_challenge) => {
      const { target, client, user } = await stage();
      const answer = await obtainCode(target, client, user, { code_challenge });
      expect((await redeem(target, client, { ...answer, verifier })).status).toBe(200);
    },
  );

  test('TK-050: a missing code is invalid_request, one that is none is invalid_grant', async () => {
    const { target, client, answer } = await stage();
    const missing = await redeem(target, client, answer, { code: undefined });
    expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request']);
    const tampered = [
      'SplxlOBeZQQYbYS6WxSbIA',
      `${answer.code}A`,
      answer.code.slice(0, -1),
      answer.code.slice(0, 20),
      answer.code.toLowerCase(),
      ` ${answer.code}`,
      `${answer.code}=`,
      answer.code.replace('vkc1_', 'vkr1_'),
      answer.code.replace(/^vkc1_....../, 'vkc1_AAAAAA'),
      flipped(answer.code, 30),
      flipped(answer.code, answer.code.length - 20),
    ];
    for (const code of tampered) expectInvalidGrant(await redeem(target, client, answer, { code }));
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test("TK-050: unknown, expired, used and another client's code are refused in the same words", async () => {
    const { target, client, user, answer } = await stage();
    const other = await target.addClient();
    const usedUp = await obtainCode(target, client, user);
    await redeem(target, client, usedUp);
    const refusals = [
      await redeem(target, client, answer, { code: 'unknown' }),
      await redeem(target, client, usedUp),
      await redeem(target, other, answer),
    ];
    target.pass(61_000);
    refusals.push(await redeem(target, client, answer));
    const words = refusals.map(({ status, body }) => [
      status,
      body.error,
      String(body.error_description).replace(/\w{8}\)$/, ')'),
    ]);
    expect(words[0]?.[1]).toBe('invalid_grant');
    expect(words).toEqual(words.map(() => words[0]));
  });

  test('TK-051, SB-035: of fifty parallel redemptions one succeeds', async () => {
    const { target, client, answer } = await stage();
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(target, client, answer)));
    const statuses = answers.map(({ status, body }) => `${status} ${body.error ?? ''}`).toSorted();
    expect(statuses).toEqual(['200 ', ...Array.from({ length: 49 }, () => '400 invalid_grant')]);
  });

  test('TK-052, SB-033: a code redeemed twice is refused, ends what the first redemption gave, and is told to the operator', async () => {
    const on = await stage();
    const tokens = await redeem(on.target, on.client, on.answer);
    const next = await refresh(on.target, on.client, tokens.body.refresh_token);
    expectInvalidGrant(await redeem(on.target, on.client, on.answer));
    expect(await stillWorks(on, tokens)).toEqual(dead);
    expect(await stillWorks(on, next)).toEqual(dead);
    const told = on.target.events.filter(
      (event) => event.type === 'grant.revoked' && event.clientId === on.client.id,
    );
    expect(told).toMatchObject([{ why: 'code_replayed', userId: on.user.id, clientId: on.client.id }]);
    expect((await redeem(on.target, on.client, await obtainCode(on.target, on.client, on.user))).status).toBe(
      200,
    );
  });

  test('TK-052: other grants of the same person and client outlive the replay', async () => {
    const on = await stage();
    const other = await redeem(on.target, on.client, await obtainCode(on.target, on.client, on.user));
    await redeem(on.target, on.client, on.answer);
    await redeem(on.target, on.client, on.answer);
    expect(await stillWorks(on, other)).toEqual(alive);
  });

  test('TK-052: a replay that is wrong in anything revokes nothing', async () => {
    const on = await stage();
    const { target, client, answer } = on;
    const other = await target.addClient();
    const publicClient = await target.addClient({ authenticationMethod: 'none' });
    const tokens = await redeem(target, client, answer);
    const replays = [
      await redeem(target, client, answer, { code_verifier: pkce().verifier }),
      await redeem(target, client, answer, { code_verifier: undefined }),
      await redeem(target, client, answer, { redirect_uri: 'https://print.example/other' }),
      await redeem(target, { ...client, secret: 'wrong' }, answer),
      await redeem(target, other, answer),
      await redeem(target, publicClient, answer),
    ];
    expect(replays.map(({ status }) => status)).toEqual([400, 400, 400, 401, 400, 400]);
    expect(await stillWorks(on, tokens)).toEqual(alive);
  });

  test('TK-052: a replay that comes late, or after the sign-out, ends the grant all the same', async () => {
    const late = await stage();
    const tokens = await redeem(late.target, late.client, late.answer);
    late.target.pass(120_000);
    expectInvalidGrant(await redeem(late.target, late.client, late.answer));
    expect(await stillWorks(late, tokens)).toEqual(dead);

    const signedOut = await stage();
    const kept = await redeem(signedOut.target, signedOut.client, signedOut.answer);
    await signedOut.target.store.users.endSessions(signedOut.user.id);
    expectInvalidGrant(await redeem(signedOut.target, signedOut.client, signedOut.answer));
    expect(await stillWorks(signedOut, kept)).toEqual(dead);
  });

  test('TK-053: another redirect_uri is invalid_grant, compared character by character, and the right one still redeems', async () => {
    const { target, client, answer } = await stage();
    const near = [
      'https://print.example/callback/',
      'https://print.example/callback?',
      'https://print.example/callback#',
      'https://print.example:443/callback',
      'https://PRINT.example/callback',
      'https://print.example/%63allback',
      'http://print.example/callback',
      'https://print.example/callback ',
      'https://print.example.evil.example/callback',
      'null',
    ];
    for (const redirect_uri of near)
      expectInvalidGrant(await redeem(target, client, answer, { redirect_uri }));
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test('TK-053: of several registered redirect URIs only the one of the request fits', async () => {
    const { target, user, client } = await stage({
      redirectUris: ['https://print.example/a', 'https://print.example/b'],
    });
    const answer = await obtainCode(target, client, user, { redirect_uri: 'https://print.example/b' });
    expectInvalidGrant(await redeem(target, client, answer, { redirect_uri: 'https://print.example/a' }));
    expect((await redeem(target, client, answer, { redirect_uri: 'https://print.example/b' })).status).toBe(
      200,
    );
  });

  test('TK-054: redirect_uri may be absent, as in OAuth 2.1, since PKCE protects the code', async () => {
    const { target, client, user, answer } = await stage();
    expect((await redeem(target, client, answer, { redirect_uri: undefined })).status).toBe(200);
    const unsaid = await obtainCode(target, client, user, { redirect_uri: undefined });
    expect((await redeem(target, client, unsaid, { redirect_uri: undefined })).status).toBe(200);
  });

  test('TK-055, TK-057: a wrong verifier is invalid_grant, and the right one still redeems the code', async () => {
    const { target, client, answer } = await stage();
    const wrong = [
      pkce().verifier,
      undefined,
      '',
      answer.verifier.slice(0, 42),
      `${answer.verifier}${'x'.repeat(86)}`,
      answer.verifier.toLowerCase(),
      `${answer.verifier}=`,
      `${answer.verifier.slice(0, -1)}+`,
      ` ${answer.verifier}`,
    ];
    for (const code_verifier of wrong)
      expectInvalidGrant(await redeem(target, client, answer, { code_verifier }));
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test('TK-055: the challenge itself is no verifier', async () => {
    const { target, client, user } = await stage();
    const { verifier, challenge } = pkce();
    const answer = await obtainCode(target, client, user, { code_challenge: challenge });
    expectInvalidGrant(await redeem(target, client, { ...answer, verifier: challenge }));
    expect((await redeem(target, client, { ...answer, verifier })).status).toBe(200);
  });

  test('TK-055: verifiers of 43 and of 128 characters, with dots and tildes, are taken', async () => {
    const { target, client, user } = await stage();
    for (const verifier of [`${'.~'.repeat(21)}-`, 'aZ0-._~9'.repeat(16)]) {
      const code_challenge = await s256(verifier);
      const answer = await obtainCode(target, client, user, { code_challenge });
      expect((await redeem(target, client, { ...answer, verifier })).status).toBe(200);
    }
    for (const verifier of ['a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(42)}+`, `${'a'.repeat(42)}/`]) {
      const answer = await obtainCode(target, client, user, { code_challenge: await s256(verifier) });
      expectInvalidGrant(await redeem(target, client, { ...answer, verifier }));
    }
  });

  test('TK-056: there is no code without a challenge, so that stripping it on the way gives the thief none', async () => {
    const { target, client, user } = await stage();
    const { url } = authorizeUrl(target, client, {
      code_challenge: undefined,
      code_challenge_method: undefined,
    });
    const answer = await walk(new Browser(target.fetch), url, user);
    expect(answer.searchParams.get('error')).toBe('invalid_request');
    expect(answer.searchParams.has('code')).toBe(false);
  });

  test('TK-050, TK-057: a code is of no use to another client, public or confidential, and stays good for its own', async () => {
    const on = await stage();
    const { target, client, answer } = on;
    for (const over of [
      {},
      { authenticationMethod: 'none' },
      { authenticationMethod: 'client_secret_post' },
    ] as const) {
      expectInvalidGrant(await redeem(target, await target.addClient(over), answer));
    }
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test.each(meanwhile)('TK-060: a code is invalid_grant when meanwhile %s', async (_, happens) => {
    const on = await stage();
    await happens(on);
    expectInvalidGrant(await redeem(on.target, on.client, on.answer));
  });

  test('TK-060: what happens to another person, another client or another session harms nobody else', async () => {
    const { target, client, answer } = await stage();
    const stranger = await target.addUser();
    const strangersClient = await target.addClient();
    await obtainCode(target, strangersClient, stranger);
    await target.store.users.setDisabled({ id: stranger.id, disabledAt: target.now() });
    await target.store.consents.withdraw(stranger.id, strangersClient.id, target.now());
    await target.store.clients.replace({ ...strangersClient.record, disabledAt: target.now() });
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test('TK-057, IR-033: nothing else that takes a token takes a code, and none of them burns it', async () => {
    const { target, client, api, answer } = await stage();
    expect(await introspect(target, api, answer.code)).toEqual({ active: false });
    expect((await callAs(target, client, '/revoke', { token: answer.code })).status).toBe(200);
    expectInvalidGrant(await refresh(target, client, answer.code));
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test('TK-070: a client that is not registered for refresh tokens gets none', async () => {
    const { target, client, user } = await stage({ grantTypes: ['authorization_code'] });
    const answer: Answer = await obtainCode(target, client, user);
    const tokens = await redeem(target, client, answer);
    expect(tokens.status).toBe(200);
    expect(tokens.body).not.toHaveProperty('refresh_token');
    expectInvalidGrant(await redeem(target, client, answer));
  });
});

test('TK-050: a code works to the end of its sixtieth second and not a millisecond longer', async () => {
  const clock = { now: Date.now() };
  const node = startNode({ store: memoryStore(), rootKey: randomBytes(32), clock });
  const { target, client, user, answer } = await stageOn(node);
  const second = await obtainCode(target, client, user);
  target.pass(60_000);
  expect((await redeem(target, client, answer)).status).toBe(200);
  target.pass(1);
  expectInvalidGrant(await redeem(target, client, second));
});
