import { aConsent, aSession, aUser, day, minute, noon } from '@valetkey/store-contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aStage } from './authority.fixture.ts';
import { sealNow } from './authority.ts';
import { findVisitor, isSessionAlive, newSessionSecret, sealSessionCookie } from './session.ts';

/** Ada, signed in at noon: idle after two days, over after fourteen. */
async function signedIn() {
  const on = aStage();
  const { authority, store } = on;
  const user = aUser();
  const { secret, secretHash } = newSessionSecret(authority.random);
  const session = aSession({ userId: user.id, secretHash, endsAt: noon + 14 * day });
  await store.users.add(user);
  await store.sessions.open(session);
  const cookie = await sealSessionCookie(authority, { id: session.id, secret, userId: user.id });
  return { ...on, user, session, secret, cookie };
}

test('SL-004: the cookie holds 256 random bits, and the row their hash only', async () => {
  const { store, session, secret, cookie } = await signedIn();
  expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(JSON.stringify(await store.sessions.find(session.id))).not.toContain(secret);
  expect(cookie).toMatch(/^vks1_[A-Za-z0-9_-]+$/);
  expect(cookie.length).toBeLessThan(400);
});

test('a visitor is the person with her session and her consent to the client that was asked about', async () => {
  const { authority, store, user, session, cookie } = await signedIn();
  await store.consents.record(aConsent({ userId: user.id, clientId: 'shop' }));
  const visitor = await findVisitor(authority, cookie, 'shop');
  expect(visitor).toMatchObject({
    user: { id: user.id },
    session: { id: session.id },
    consent: { clientId: 'shop' },
  });
  expect((await findVisitor(authority, cookie, 'other'))?.consent).toBeNull();
  expect((await findVisitor(authority, cookie))?.consent).toBeNull();
});

describe('SL-005: a session ends', () => {
  test('when it was idle for two days, and not a moment sooner', async () => {
    const { authority, clock, cookie } = await signedIn();
    clock.now = noon + 2 * day - 1;
    expect(await findVisitor(authority, cookie)).not.toBeNull();
    clock.now += 1;
    expect(await findVisitor(authority, cookie)).toBeNull();
  });

  test('at its absolute end, however often it is used', async () => {
    const { authority, clock, cookie } = await signedIn();
    let latest = cookie;
    for (let passed = day; passed < 14 * day; passed += day) {
      clock.now = noon + passed;
      const visitor = await findVisitor(authority, latest);
      expect(visitor).not.toBeNull();
      latest = visitor?.renewedCookie ?? latest;
    }
    clock.now = noon + 14 * day - 1;
    expect(await findVisitor(authority, latest)).not.toBeNull();
    clock.now += 1;
    expect(await findVisitor(authority, latest)).toBeNull();
  });

  test('when it is ended, though the cookie is shown again', async () => {
    const { authority, store, session, cookie } = await signedIn();
    await store.sessions.end(session.id, noon);
    expect(await findVisitor(authority, cookie)).toBeNull();
  });

  test('when the person signs out everywhere, and only hers', async () => {
    const { authority, store, user, cookie } = await signedIn();
    const other = aUser();
    await store.users.add(other);
    await store.users.endSessions(other.id);
    expect(await findVisitor(authority, cookie)).not.toBeNull();
    await store.users.endSessions(user.id);
    expect(await findVisitor(authority, cookie)).toBeNull();
  });

  test('when the account is disabled, and it stays ended when the account is enabled again', async () => {
    const { authority, store, user, cookie } = await signedIn();
    await store.users.setDisabled({ id: user.id, disabledAt: noon });
    expect(await findVisitor(authority, cookie)).toBeNull();
    await store.users.setDisabled({ id: user.id, disabledAt: null });
    expect(await findVisitor(authority, cookie)).toBeNull();
  });
});

test('SL-004: a new sign-in makes the old cookie of the session worthless', async () => {
  const { authority, store, user, session, cookie } = await signedIn();
  const { secret, secretHash } = newSessionSecret(authority.random);
  const { id, amr, endsAt, sessionEpoch } = session;
  await store.sessions.renew({ id, amr, endsAt, sessionEpoch, secretHash, authenticatedAt: noon });
  expect(await findVisitor(authority, cookie)).toBeNull();
  const fresh = await sealSessionCookie(authority, { id, secret, userId: user.id });
  expect(await findVisitor(authority, fresh)).not.toBeNull();
});

test('the cookie is sent anew once a twentieth of the idle time has passed, and tells the new visit', async () => {
  const { authority, clock, cookie } = await signedIn();
  clock.now = noon + (2 * day) / 20 - 1;
  expect((await findVisitor(authority, cookie))?.renewedCookie).toBeNull();
  clock.now += 1;
  const renewed = (await findVisitor(authority, cookie))?.renewedCookie ?? undefined;
  expect(renewed).toMatch(/^vks1_/);
  clock.now = noon + 2 * day + minute;
  expect(await findVisitor(authority, cookie)).toBeNull();
  expect(await findVisitor(authority, renewed)).not.toBeNull();
});

test('the cookie of one session with the name of another person proves nothing', async () => {
  const { authority, store, session, secret } = await signedIn();
  const other = aUser();
  await store.users.add(other);
  const mixed = await sealSessionCookie(authority, { id: session.id, secret, userId: other.id });
  expect(await findVisitor(authority, mixed)).toBeNull();
});

test('SL-006: no altered cookie, and no value of another kind, is a visitor', async () => {
  const { authority, user, session, secret, cookie } = await signedIn();
  const content = { i: session.id, s: secret, u: user.id, t: noon };
  for (const purpose of ['code', 'ticket', 'accessToken', 'refreshToken'] as const) {
    const value = await sealNow(authority, purpose, content);
    expect(await findVisitor(authority, value)).toBeNull();
    expect(await findVisitor(authority, `vks1_${value.slice(5)}`)).toBeNull();
  }
  for (const none of [
    undefined,
    '',
    'vks1_',
    cookie.slice(0, -1),
    `${cookie}A`,
    `${cookie}=`,
    'x'.repeat(5000),
  ]) {
    expect(await findVisitor(authority, none)).toBeNull();
  }
  const change = fc.tuple(fc.nat(cookie.length - 1), fc.constantFrom(...'ABab01-_.=%'));
  await fc.assert(
    fc.asyncProperty(change, async ([at, letter]) => {
      if (cookie[at] === letter) return;
      expect(await findVisitor(authority, cookie.slice(0, at) + letter + cookie.slice(at + 1))).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['stands', {}, {}, true],
  ['has ended', { endedAt: noon - 1 }, {}, false],
  ['is over', { endsAt: noon }, {}, false],
  ['is of somebody else', { userId: 'other' }, {}, false],
  ['is of an earlier epoch', {}, { sessionEpoch: 1 }, false],
  ['is of a later epoch', { sessionEpoch: 1 }, {}, false],
  ['is of a disabled account', {}, { disabledAt: noon - 1 }, false],
])('a session that %s', (_, session, user, alive) => {
  expect(isSessionAlive(aSession({ userId: 'ada', ...session }), aUser({ id: 'ada', ...user }), noon)).toBe(
    alive,
  );
});

test('without session or account nobody is there', () => {
  expect(isSessionAlive(null, aUser(), noon)).toBe(false);
  expect(isSessionAlive(aSession(), null, noon)).toBe(false);
});
