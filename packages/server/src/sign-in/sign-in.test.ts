import { aUser, day, noon } from '@valetkey/store-contract';
import { beforeAll, expect, test } from 'vitest';
import { aStage } from '../authority.fixture.ts';
import type { User } from '../model.ts';
import { findVisitor } from '../session.ts';
import { hashPassword } from './password-hash.ts';
import { type SignInAttempt, signInWithPassword } from './sign-in.ts';

let passwordHash = '';
beforeAll(async () => {
  passwordHash = await hashPassword('correct horse', Buffer.alloc(16, 1));
});

async function stage(over: Partial<User> = {}) {
  const on = aStage({ config: { throttling: { account: { limit: 3, windowSeconds: 60 } } } });
  const user = aUser({ username: 'ada', passwordHash, ...over });
  await on.store.users.add(user);
  const signIn = (attempt: Partial<SignInAttempt> = {}) =>
    signInWithPassword(on.authority, {
      username: 'ada',
      password: 'correct horse',
      address: '192.0.2.1',
      userAgent: 'browser',
      sessionCookie: undefined,
      ...attempt,
    });
  return { ...on, user, signIn };
}

function cookieOf(outcome: Awaited<ReturnType<typeof signInWithPassword>>): string {
  return outcome.outcome === 'signed-in' ? outcome.cookie : expect.unreachable(outcome.outcome);
}

test('SL-007: the right password begins a session that tells when and how', async () => {
  const { authority, store, user, signIn } = await stage();
  const outcome = await signIn({ username: '  ADA ' });
  const visitor = await findVisitor(authority, cookieOf(outcome));
  expect(visitor?.session).toMatchObject({
    userId: user.id,
    amr: ['pwd'],
    authenticatedAt: noon,
    openedAt: noon,
    endsAt: noon + 14 * day,
    userAgent: 'browser',
    address: '192.0.2.1',
  });
  expect(await store.sessions.listOf(user.id, noon)).toHaveLength(1);
});

test('AZ-075: unknown account, wrong password, no password and disabled account look alike; the operator sees why', async () => {
  const wrong = await stage();
  const disabled = await stage({ disabledAt: noon });
  const without = await stage({ passwordHash: null });
  const outcomes = [
    await wrong.signIn({ username: 'nobody' }),
    await wrong.signIn({ password: 'wrong' }),
    await disabled.signIn(),
    await without.signIn(),
    await without.signIn({ password: '' }),
  ];
  for (const outcome of outcomes) expect(outcome).toEqual({ outcome: 'wrong' });
  const why = [wrong, disabled, without].flatMap(({ events }) =>
    events.map((event) => event.type === 'sign_in.failed' && event.why),
  );
  expect(why.filter(Boolean)).toEqual([
    'unknown_account',
    'wrong_password',
    'disabled',
    'wrong_password',
    'wrong_password',
  ]);
});

test('SB-032: what was typed as an unknown name, and every password, stays out of the events', async () => {
  const { events, signIn } = await stage();
  await signIn({ username: 'my-password-by-mistake', password: 'another-secret' });
  await signIn({ password: 'another-secret' });
  expect(JSON.stringify(events)).not.toMatch(/by-mistake|another-secret/);
});

test('AZ-075: who tries too often waits, and the right password does not help before the time is over', async () => {
  const { clock, signIn } = await stage();
  for (let i = 0; i < 3; i += 1) expect(await signIn({ password: 'wrong' })).toEqual({ outcome: 'wrong' });
  expect(await signIn()).toEqual({ outcome: 'throttled', retryAt: noon + 60_000 });
  expect(await signIn({ username: ' Ada' })).toMatchObject({ outcome: 'throttled' });
  clock.now += 60_000;
  expect(await signIn()).toMatchObject({ outcome: 'signed-in' });
});

test('a success frees the account: four good sign-ins in a row are no attack', async () => {
  const { signIn } = await stage();
  for (let i = 0; i < 4; i += 1) expect(await signIn()).toMatchObject({ outcome: 'signed-in' });
});

test('SL-004: signing in again at the same browser keeps the session and changes its secret', async () => {
  const { authority, store, clock, user, signIn } = await stage();
  const first = await signIn();
  clock.now += 1000;
  const second = await signIn({ sessionCookie: cookieOf(first) });
  expect(second).toMatchObject({ sessionId: first.outcome === 'signed-in' && first.sessionId });
  expect(await findVisitor(authority, cookieOf(first))).toBeNull();
  expect((await findVisitor(authority, cookieOf(second)))?.session.authenticatedAt).toBe(noon + 1000);
  expect(await store.sessions.listOf(user.id, clock.now)).toHaveLength(1);
});

test('SL-004: another person at the same browser gets a session of her own, and the old one ends', async () => {
  const { authority, store, signIn } = await stage();
  await store.users.add(aUser({ username: 'bob', passwordHash }));
  const ada = await signIn();
  const bob = await signIn({ username: 'bob', sessionCookie: cookieOf(ada) });
  expect(bob).not.toMatchObject({ sessionId: ada.outcome === 'signed-in' && ada.sessionId });
  expect(await findVisitor(authority, cookieOf(ada))).toBeNull();
  expect((await findVisitor(authority, cookieOf(bob)))?.user.username).toBe('bob');
});

test('SL-004: a cookie that was planted does not become the session of whoever signs in', async () => {
  const { authority, store, signIn } = await stage();
  await store.users.add(aUser({ username: 'eve', passwordHash }));
  const eve = await signIn({ username: 'eve' });
  const ada = await signIn({ sessionCookie: cookieOf(eve) });
  expect(await findVisitor(authority, cookieOf(eve))).toBeNull();
  expect((await findVisitor(authority, cookieOf(ada)))?.user.username).toBe('ada');
  expect(await signIn({ sessionCookie: 'vks1_forged' })).toMatchObject({ outcome: 'signed-in' });
});

test('a name of a megabyte and a password of a megabyte are wrong, not a fault', async () => {
  const { signIn } = await stage();
  const long = 'x'.repeat(1_000_000);
  expect(await signIn({ username: long, password: long })).toEqual({ outcome: 'wrong' });
  expect(await signIn({ username: '\ud800', password: '\ud800\0' })).toEqual({ outcome: 'wrong' });
  expect(await signIn({ username: '__proto__' })).toEqual({ outcome: 'wrong' });
});
