import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { browser } from './browser.fixture.ts';
import { memorySessions, type StoredSession } from './index.ts';
import { APP, signIn, stage, start } from './stage.fixture.ts';

const COOKIE = '__Host-valetkey_session';

test('CL-004 the session cookie is __Host-, HttpOnly, Secure, Lax and holds 256 random bits', async () => {
  const one = stage();
  const answer = one.server.approve(await start(one));
  const [cookie] = (await one.client.callback(one.browser.get(answer))).headers.getSetCookie();
  expect(cookie).toMatch(
    /^__Host-valetkey_session=[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Lax; Secure$/,
  );
});

test('SB-032 the store has the hash of the cookie, the browser and the app have no token', async () => {
  const memory = memorySessions();
  const opened: [string, StoredSession][] = [];
  const sessions = {
    ...memory,
    async open(key: string, session: StoredSession) {
      opened.push([key, session]);
      await memory.open(key, session);
    },
  };
  const one = stage({ sessions });
  const session = await signIn(one);
  const [[key, stored] = ['', undefined]] = opened;
  const cookie = one.browser.cookies.get(COOKIE) ?? '';
  expect(key).not.toBe(cookie);
  expect(JSON.stringify(stored)).not.toContain(cookie);
  const visible = inspect([session, [...one.browser.cookies]], { depth: null });
  expect(visible).not.toMatch(/access-1|refresh-1/);
});

test('a sign-in gives a new session id and ends the session there was', async () => {
  const one = stage();
  const planted = 'p'.repeat(43);
  one.browser.cookies.set(COOKIE, planted);
  const first = await signIn(one);
  const before = one.browser.cookies.get(COOKIE);
  expect(before).not.toBe(planted);
  const second = await signIn(one);
  expect(second.key).not.toBe(first.key);
  const old = browser();
  old.cookies.set(COOKIE, before ?? '');
  expect(await one.client.session(old.get(APP))).toBeUndefined();
});

test('SB-036 a session ends with its lifetime, by the clock that was injected', async () => {
  const one = stage({ sessionLifetime: 3600 });
  await signIn(one);
  one.clock.now += 3_599_999;
  expect(await one.client.session(one.browser.get(APP))).toBeDefined();
  one.clock.now += 1;
  expect(await one.client.session(one.browser.get(APP))).toBeUndefined();
});

test.each([
  ['none', ''],
  ['an unknown id', `${COOKIE}=${'x'.repeat(43)}`],
  ['an empty one', `${COOKIE}=`],
  ['no name', '=value'],
  ['rubbish', ';;; = ;__proto__=x; constructor=y'],
])('SB-025 a cookie header with %s is no session', async (_, cookie) => {
  const { client } = stage();
  expect(await client.session(new Request(APP, { headers: { cookie } }))).toBeUndefined();
});

test('a session of another client in the same store is not taken', async () => {
  const sessions = memorySessions();
  const one = stage({ sessions });
  await signIn(one);
  const other = stage({ sessions, clientId: 'other' });
  expect(await other.client.session(one.browser.get(APP))).toBeUndefined();
});
