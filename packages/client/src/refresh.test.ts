import { expect, test } from 'vitest';
import { oauthError } from './authorization-server.fixture.ts';
import { memorySessions, type SessionStore } from './index.ts';
import { API, APP, failure, type Stage, signIn, stage, tokenRequests } from './stage.fixture.ts';

/** Token requests after the one that signed in. */
const refreshes = (one: Stage) => tokenRequests(one) - 1;

test('CL-061 twenty parallel refreshes share one token request and one result', async () => {
  const one = stage();
  const session = await signIn(one);
  const results = await Promise.all(Array.from({ length: 20 }, () => one.client.refresh(session)));
  expect(refreshes(one)).toBe(1);
  expect(new Set(results.map(({ renewals }) => renewals))).toEqual(new Set([1]));
});

test('CL-061 who still holds the session as it was gets the token that is there, without a request', async () => {
  const one = stage();
  const session = await signIn(one);
  await one.client.refresh(session);
  expect((await one.client.refresh(session)).renewals).toBe(1);
  expect(refreshes(one)).toBe(1);
});

test('CL-061 twenty parallel calls with an expired token make one refresh request', async () => {
  const one = stage();
  const session = await signIn(one);
  one.clock.now += 600_000;
  const calls = Array.from({ length: 20 }, () => one.client.fetch(session, new Request(API)));
  await Promise.all(calls);
  expect(refreshes(one)).toBe(1);
  expect(new Set(one.api.seen.map(({ headers }) => headers.get('authorization')))).toEqual(
    new Set(['Bearer access-2']),
  );
});

test('CL-062 a new refresh token replaces the old one, which stays when none comes', async () => {
  const one = stage();
  const sent = () => one.server.seen.at(-1)?.body.get('refresh_token');
  const first = await one.client.refresh(await signIn(one));
  expect(sent()).toBe('refresh-1');
  one.server.misbehave.set('/token', () =>
    Response.json({ access_token: 'a', token_type: 'Bearer', expires_in: 60 }),
  );
  const second = await one.client.refresh(first);
  expect(sent()).toBe('refresh-2');
  await one.client.refresh(second);
  expect(sent()).toBe('refresh-2');
});

test('CL-062 tokens that could not be stored are not used', async () => {
  const sessions = memorySessions();
  const broken: SessionStore = { ...sessions, renew: () => Promise.reject(new Error('the disk is full')) };
  const one = stage({ sessions: broken });
  const session = await signIn(one);
  one.clock.now += 600_000;
  await expect(one.client.fetch(session, new Request(API))).rejects.toThrow('the disk is full');
  expect(one.api.seen).toEqual([]);
});

test('CL-063 invalid_grant ends the session', async () => {
  const one = stage();
  const session = await signIn(one);
  one.server.live.clear();
  const error = await failure(one.client.refresh(session));
  expect([error.code, error.status, error.server?.error]).toEqual(['session_ended', 401, 'invalid_grant']);
  expect(await one.client.session(one.browser.get(APP))).toBeUndefined();
  expect((await failure(one.client.fetch(session, new Request(API)))).code).toBe('session_ended');
  expect(one.api.seen).toEqual([]);
});

test.each([
  ['500', () => new Response(null, { status: 500 })],
  ['503 with invalid_grant', () => oauthError('invalid_grant', 503)],
  ['429', () => new Response(null, { status: 429 })],
  ['a network error', () => Promise.reject(new TypeError('fetch failed'))],
  ['temporarily_unavailable', () => oauthError('temporarily_unavailable')],
])('CL-063 %s keeps the session', async (_, answer) => {
  const one = stage();
  const session = await signIn(one);
  one.server.misbehave.set('/token', answer);
  expect((await failure(one.client.refresh(session))).code).toBe('server_unavailable');
  one.server.misbehave.delete('/token');
  expect((await one.client.refresh(session)).renewals).toBe(1);
});

test('CL-063 a client that is refused keeps the session too: the operator has to act, not the person', async () => {
  const one = stage();
  const session = await signIn(one);
  one.server.misbehave.set('/token', () => oauthError('invalid_client', 401));
  expect((await failure(one.client.refresh(session))).code).toBe('client_refused');
  expect(await one.client.session(one.browser.get(APP))).toBeDefined();
});

test('CL-061 CL-063 invalid_grant does not end a session that another process has renewed meanwhile', async () => {
  const sessions = memorySessions();
  const one = stage({ sessions });
  const session = await signIn(one);
  one.server.misbehave.set('/token', async () => {
    await sessions.renew(session.key, 0, {
      accessToken: 'theirs',
      refreshToken: 'theirs',
      scope: 'photos:read',
    });
    return oauthError('invalid_grant');
  });
  expect((await one.client.refresh(session)).renewals).toBe(1);
});

test('CL-062 of two processes that refresh at once the first to store wins, and both go on with its tokens', async () => {
  const sessions = memorySessions();
  const one = stage({ sessions });
  const session = await signIn(one);
  const answer = { access_token: 'ours', token_type: 'Bearer', refresh_token: 'ours' };
  one.server.misbehave.set('/token', async () => {
    await sessions.renew(session.key, 0, {
      accessToken: 'theirs',
      refreshToken: 'theirs',
      scope: 'photos:read',
    });
    return Response.json(answer);
  });
  expect((await one.client.refresh(session)).renewals).toBe(1);
  expect((await sessions.find(session.key))?.tokens.accessToken).toBe('theirs');
});

test('a session that ended during its refresh does not come back, and the new tokens are revoked', async () => {
  const sessions = memorySessions();
  const one = stage({ sessions });
  const session = await signIn(one);
  one.server.misbehave.set('/token', async () => {
    await sessions.end(session.key);
    return Response.json({ access_token: 'a', token_type: 'Bearer', refresh_token: 'late' });
  });
  expect((await failure(one.client.refresh(session))).code).toBe('session_ended');
  expect(await sessions.find(session.key)).toBeUndefined();
  expect(one.server.seen.at(-1)).toMatchObject({ path: '/revoke' });
  expect(one.server.seen.at(-1)?.body.get('token')).toBe('late');
});

test('without a refresh token there is nothing to refresh, and the session stays', async () => {
  const one = stage();
  one.server.misbehave.set('/token', () => Response.json({ access_token: 'a', token_type: 'Bearer' }));
  expect((await failure(one.client.refresh(await signIn(one)))).code).toBe('not_refreshable');
  expect(await one.client.session(one.browser.get(APP))).toBeDefined();
});
