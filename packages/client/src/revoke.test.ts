import { expect, test } from 'vitest';
import { API, APP, failure, SECRET, signIn, stage } from './stage.fixture.ts';

test('IR-040 revoke sends the refresh token to the revocation endpoint and ends the session', async () => {
  const one = stage();
  const session = await signIn(one);
  expect(await one.client.revoke(session)).toEqual({ revoked: true });
  const request = one.server.seen.at(-1);
  expect(request?.path).toBe('/revoke');
  expect(Object.fromEntries(request?.body ?? [])).toEqual({
    token: 'refresh-1',
    token_type_hint: 'refresh_token',
  });
  expect(request?.authorization).toBe(`Basic ${btoa(`print%2Dshop:${SECRET.replaceAll('-', '%2D')}`)}`);
  expect(await one.client.session(one.browser.get(APP))).toBeUndefined();
});

test.each([
  ['503', () => new Response(null, { status: 503 })],
  ['400', () => Response.json({ error: 'unsupported_token_type' }, { status: 400 })],
  ['a network error', () => Promise.reject(new TypeError('fetch failed'))],
])('IR-040 a revocation that fails with %s ends the session here all the same', async (_, answer) => {
  const one = stage();
  const session = await signIn(one);
  one.server.misbehave.set('/revoke', answer);
  expect(await one.client.revoke(session)).toMatchObject({ revoked: false });
  expect(await one.client.session(one.browser.get(APP))).toBeUndefined();
  expect((await failure(one.client.fetch(session, new Request(API)))).code).toBe('session_ended');
});

test('IR-040 without a refresh token the access token is revoked', async () => {
  const one = stage();
  one.server.misbehave.set('/token', () => Response.json({ access_token: 'only', token_type: 'Bearer' }));
  await one.client.revoke(await signIn(one));
  expect(one.server.seen.at(-1)?.body.get('token')).toBe('only');
});

test('a server without revocation endpoint is told, and the session has ended', async () => {
  const one = stage();
  one.server.metadata.revocation_endpoint = undefined;
  expect(await one.client.revoke(await signIn(one))).toMatchObject({ revoked: false });
  expect(await one.client.session(one.browser.get(APP))).toBeUndefined();
});

test('IR-040 a revocation during a refresh waits for it and revokes the token that came', async () => {
  const one = stage();
  const session = await signIn(one);
  const refreshed = one.client.refresh(session);
  await one.client.revoke(session);
  await refreshed;
  expect(one.server.seen.at(-1)?.body.get('token')).toBe('refresh-2');
  expect(one.server.live.size).toBe(0);
});

test('disconnect ends the session, removes the cookie and goes on by 303', async () => {
  const one = stage();
  await signIn(one);
  const request = one.browser.post(`${APP}/disconnect`, { origin: APP });
  const response = one.browser.take(await one.client.disconnect(request, { returnTo: '/bye' }));
  expect([response.status, response.headers.get('location')]).toEqual([303, `${APP}/bye`]);
  expect(one.browser.cookies.size).toBe(0);
  expect(one.server.live.size).toBe(0);
});

test('disconnect without a session is no error', async () => {
  const one = stage();
  const response = await one.client.disconnect(one.browser.post(`${APP}/disconnect`, { origin: APP }));
  expect(response.headers.get('location')).toBe(`${APP}/`);
});

test.each([
  ['same-origin fetch metadata', { 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
  ['the own origin', { origin: APP }, true],
  ['neither header', {}, false],
  ['the null origin', { origin: 'null' }, false],
  ['another origin', { origin: 'https://evil.example' }, false],
  ['another port', { origin: `${APP}:8443` }, false],
  ['same-site fetch metadata', { 'sec-fetch-site': 'same-site', origin: APP }, false],
  ['cross-site fetch metadata', { 'sec-fetch-site': 'cross-site' }, false],
])('disconnect by %s is carried out: %s', async (_, headers, good) => {
  const one = stage();
  await signIn(one);
  const outcome = one.client.disconnect(
    one.browser.post(`${APP}/disconnect`, headers as Record<string, string>),
  );
  if (good) expect((await outcome).status).toBe(303);
  else expect((await failure(outcome)).code).toBe('cross_site');
  expect((await one.client.session(one.browser.get(APP))) === undefined).toBe(good);
});

test('disconnect by GET is refused', async () => {
  const one = stage();
  await signIn(one);
  expect((await failure(one.client.disconnect(one.browser.get(`${APP}/disconnect`)))).code).toBe(
    'cross_site',
  );
});
