import { aUser, day, noon } from '@valetkey/store-contract';
import { describe, expect, test } from 'vitest';
import { aStage } from '../authority.fixture.ts';
import { findVisitor } from '../session.ts';
import { verifyPassword } from './password-hash.ts';
import { signInWithPassword } from './sign-in.ts';
import { type SignUpAttempt, signUp } from './sign-up.ts';

const password = 'correct horse battery';

function stage() {
  const on = aStage({
    config: {
      throttling: { signUp: { limit: 3, windowSeconds: 60 }, address: { limit: 3, windowSeconds: 60 } },
    },
  });
  const place = { address: '192.0.2.1', userAgent: 'browser', sessionCookie: undefined };
  const attempt = (over: Partial<SignUpAttempt> = {}) =>
    signUp(on.authority, { username: 'ada', name: 'Ada Lovelace', password, ...place, ...over });
  const signIn = (username: string, secret = password) =>
    signInWithPassword(on.authority, { username, password: secret, ...place });
  return { ...on, attempt, signIn };
}

function cookieOf(outcome: { outcome: string; cookie?: string }): string {
  return outcome.cookie ?? expect.unreachable(outcome.outcome);
}

test('AZ-057: an account is made, its password kept as a hash, and its person signed in and told of', async () => {
  const { authority, store, events, attempt, signIn } = stage();
  const outcome = await attempt({ username: ' Ada ', name: '  Ada Lovelace ' });
  const visitor = await findVisitor(authority, cookieOf(outcome));
  expect(visitor?.user).toMatchObject({
    username: 'ada',
    name: 'Ada Lovelace',
    createdAt: noon,
    grantEpoch: noon,
    sessionEpoch: 0,
    disabledAt: null,
  });
  expect(visitor?.session).toMatchObject({ amr: ['pwd'], authenticatedAt: noon, endsAt: noon + 14 * day });
  const user = await store.users.findByUsername('ada');
  expect(await verifyPassword(password, user?.passwordHash ?? null)).toBe(true);
  expect(events.filter(({ type }) => type !== 'key.created')).toEqual([
    { type: 'account.created', at: noon, userId: user?.id, address: '192.0.2.1' },
    expect.objectContaining({ type: 'sign_in.succeeded', userId: user?.id }),
  ]);
  expect(JSON.stringify(events)).not.toContain(password);
  expect(await signIn('ADA')).toMatchObject({ outcome: 'signed-in' });
});

test('AZ-057: a name that is taken is not signed in to, whatever the password, and is not changed', async () => {
  const { store, attempt, signIn } = stage();
  await attempt();
  for (const over of [{ username: 'ＡＤＡ' }, { password: 'another long password' }])
    expect(await attempt(over)).toEqual({ outcome: 'taken' });
  expect(await store.users.list()).toHaveLength(1);
  expect(await signIn('ada', 'another long password')).toEqual({ outcome: 'wrong' });
});

test('SB-035: of many who want one name at once one gets it', async () => {
  const { authority } = aStage();
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, (_, i) =>
      signUp(authority, {
        username: 'ada',
        name: `Ada ${i}`,
        password,
        address: `192.0.2.${i}`,
        userAgent: '',
        sessionCookie: undefined,
      }),
    ),
  );
  expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
    'signed-up',
    'taken',
    'taken',
    'taken',
    'taken',
  ]);
});

test('SL-004: whoever was signed in at this browser is not any more', async () => {
  const { authority, store, attempt } = stage();
  const ada = cookieOf(await attempt());
  const bob = cookieOf(await attempt({ username: 'bob', sessionCookie: ada }));
  expect(await findVisitor(authority, ada)).toBeNull();
  expect((await findVisitor(authority, bob))?.user.username).toBe('bob');
  const user = await store.users.findByUsername('ada');
  expect(await store.sessions.listOf(user?.id ?? '', noon)).toEqual([]);
});

describe('SB-026: so many accounts from one address, then it has to wait', () => {
  test('an IPv6 network is one address, and sign-ins are counted apart', async () => {
    const { clock, attempt, signIn } = stage();
    for (let i = 0; i < 3; i += 1)
      expect(await attempt({ username: `user${i}`, address: `2001:db8::${i}` })).toMatchObject({
        outcome: 'signed-up',
      });
    const late = { username: 'user3', address: '2001:db8::ffff' };
    expect(await attempt(late)).toEqual({ outcome: 'throttled', retryAt: noon + 60_000 });
    expect(await attempt({ ...late, address: '2001:db8:0:1::' })).toMatchObject({ outcome: 'signed-up' });
    expect(await signIn('user0')).toMatchObject({ outcome: 'signed-in' });
    clock.now += 60_000;
    expect(await attempt({ ...late, username: 'user4' })).toMatchObject({ outcome: 'signed-up' });
  });

  test('names that are taken count, so that they cannot be tried one after the other', async () => {
    const { store, attempt } = stage();
    await store.users.add(aUser({ username: 'ada' }));
    const outcomes = [];
    for (let i = 0; i < 4; i += 1) outcomes.push((await attempt()).outcome);
    expect(outcomes).toEqual(['taken', 'taken', 'taken', 'throttled']);
  });

  test('what is wrong with the form alone does not count', async () => {
    const { attempt } = stage();
    for (let i = 0; i < 5; i += 1) {
      expect(await attempt({ password: 'short' })).toEqual({ outcome: 'weak', least: 12 });
      expect(await attempt({ username: '' })).toEqual({ outcome: 'name' });
    }
    expect(await attempt()).toMatchObject({ outcome: 'signed-up' });
  });
});

test.each([
  ['eleven characters', 'abcdefghijk'],
  ['twelve code units of six characters', '😀😁😂🤣😃😄'],
  ['one character over and over', 'aaaaaaaaaaaaaaaa'],
  ['few characters over and over', 'abababababab1212'],
  ['the username', 'Ada@Print.Example'],
  ['the name', 'ada lovelace'],
  ['more than may be kept', 'long password '.repeat(80)],
])('SB-031: %s is no password for a new account', async (_, weak) => {
  const { store, attempt } = stage();
  expect(await attempt({ username: 'ada@print.example', password: weak })).toEqual({
    outcome: 'weak',
    least: 12,
  });
  expect(await store.users.list()).toEqual([]);
});

test.each([
  ['twelve characters', 'twelve chars'],
  ['as many as may be', `${'x'.repeat(1019)}abcde`],
  ['letters of any script', 'пароль на лето'],
  ['twelve characters of two code units each', '😀😁😂🤣😃😄😅😆😉😊😋😎'],
])('SB-031: %s are a password, and sign in as they are', async (_, strong) => {
  const { attempt, signIn } = stage();
  expect(await attempt({ password: strong })).toMatchObject({ outcome: 'signed-up' });
  expect(await signIn('ada', strong)).toMatchObject({ outcome: 'signed-in' });
});

test.each([
  ['no username', { username: '' }],
  ['only blanks', { username: ' \u00a0\u3000' }],
  ['a username of 129 characters', { username: 'a'.repeat(129) }],
  ['a username that grows past 128', { username: '\ufdfa'.repeat(10) }],
  ['a line break in it', { username: 'ada\nbob' }],
  ['a character that turns the text', { username: 'ada\u202e' }],
  ['a character that is not seen', { username: 'ad\u200ba' }],
  ['a filler that looks like nothing', { username: '\u3164' }],
  ['an accent on nothing', { username: '\u0301a' }],
  ['no name', { name: ' ' }],
  ['a name of 101 characters', { name: 'a'.repeat(101) }],
  ['a name that is not seen', { name: '\u200d\u200c' }],
  ['a name with a control character', { name: 'Ada\u0007' }],
])('%s makes no account', async (_, over) => {
  const { store, attempt } = stage();
  expect(await attempt(over)).toEqual({ outcome: 'name' });
  expect(await store.users.list()).toEqual([]);
});

test.each([
  { username: 'a', name: 'A' },
  { username: 'ada+vk@print.example' },
  { username: 'ада', name: 'Ада Лавлейс' },
  { username: 'a'.repeat(128), name: '愛'.repeat(100) },
  { name: 'علی\u200cرضا' },
])('the names %j can be used', async (over) => {
  const { attempt } = stage();
  expect(await attempt(over)).toMatchObject({ outcome: 'signed-up' });
});
