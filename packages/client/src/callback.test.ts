import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { fakeServer, oauthError } from './authorization-server.fixture.ts';
import { browser } from './browser.fixture.ts';
import { memorySessions, memoryTransactions } from './index.ts';
import {
  APP,
  CALLBACK,
  failure,
  SECRET,
  type Stage,
  signIn,
  stage,
  start,
  tokenRequests,
} from './stage.fixture.ts';

async function comeBack(one: Stage, change: Record<string, string | undefined> = {}) {
  const answer = one.server.approve(await start(one), change);
  return failure(one.client.callback(one.browser.get(answer)));
}

test('CL-028 a good callback gives a session and a 303 to a clean URL', async () => {
  const one = stage();
  const answer = one.server.approve(await start(one, '/photos'));
  const response = one.browser.take(await one.client.callback(one.browser.get(answer)));
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe(`${APP}/photos`);
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect([...one.browser.cookies.keys()]).toEqual(['__Host-valetkey_session']);
});

test('CL-030 CL-031 the code goes out once, with redirect URI, verifier, resource and form-encoded Basic credentials', async () => {
  const one = stage({ clientId: 'client id', resource: 'https://api.example/photos' });
  await signIn(one);
  const [request, ...more] = one.server.seen.filter(({ path }) => path === '/token');
  expect(more).toEqual([]);
  expect(request?.authorization).toBe(`Basic ${btoa(`client+id:${SECRET.replaceAll('-', '%2D')}`)}`);
  const { code, code_verifier, ...rest } = Object.fromEntries(request?.body ?? []);
  expect(rest).toEqual({
    grant_type: 'authorization_code',
    redirect_uri: CALLBACK,
    resource: 'https://api.example/photos',
  });
  expect(code_verifier).toHaveLength(43);
  expect(code).toMatch(/^code-/);
});

test.each([
  ['no state', { state: undefined }],
  ['an empty state', { state: '' }],
  ['an unknown state', { state: 'x'.repeat(43) }],
])('CL-020 a callback with %s stops without a token request', async (_, change) => {
  const one = stage();
  const error = await comeBack(one, change);
  expect([error.code, error.status]).toEqual(['transaction_unknown', 400]);
  expect(tokenRequests(one)).toBe(0);
});

test('CL-004 CL-020 another browser can neither finish the sign-in nor use it up', async () => {
  const one = stage();
  const answer = one.server.approve(await start(one));
  const stranger = browser();
  expect((await failure(one.client.callback(stranger.get(answer)))).code).toBe('transaction_unknown');
  // Not even one with a sign-in of its own.
  stranger.take(await one.client.begin(stranger.get(`${APP}/login`)));
  expect((await failure(one.client.callback(stranger.get(answer)))).code).toBe('transaction_unknown');
  expect(tokenRequests(one)).toBe(0);
  expect((await one.client.callback(one.browser.get(answer))).status).toBe(303);
});

test('CL-004 two tabs that started together both finish', async () => {
  const one = stage();
  const [first, second] = [await start(one), await start(one)];
  for (const location of [second, first]) {
    expect((await one.client.callback(one.browser.get(one.server.approve(location)))).status).toBe(303);
  }
});

test('CL-004 CL-020 a transaction lives ten minutes', async () => {
  const one = stage();
  const answer = one.server.approve(await start(one));
  one.clock.now += 600_000;
  expect((await failure(one.client.callback(one.browser.get(answer)))).code).toBe('transaction_unknown');
});

test('CL-021 of ten identical callbacks one succeeds, with one token request in all', async () => {
  const one = stage();
  const answer = one.server.approve(await start(one));
  const calls = Array.from({ length: 10 }, () => one.client.callback(one.browser.get(answer)));
  const results = await Promise.allSettled(calls);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(tokenRequests(one)).toBe(1);
});

test('CL-021 an error answer uses the transaction up as well', async () => {
  const one = stage();
  const location = await start(one);
  const denied = one.server.approve(location, { code: undefined, error: 'access_denied' });
  expect((await failure(one.client.callback(one.browser.get(denied)))).code).toBe('access_denied');
  const late = one.server.approve(location);
  expect((await failure(one.client.callback(one.browser.get(late)))).code).toBe('transaction_unknown');
});

test.each([
  ['missing', { iss: undefined }],
  ['empty', { iss: '' }],
  ['another issuer', { iss: 'https://evil.example' }],
  ['the issuer with a slash more', { iss: 'https://as.example/' }],
  ['the issuer in capitals', { iss: 'https://AS.example' }],
  ['another issuer with an error', { iss: 'https://evil.example', code: undefined, error: 'access_denied' }],
])('CL-022 iss %s stops before code or error is looked at', async (_, change) => {
  const one = stage();
  const error = await comeBack(one, change);
  expect([error.code, error.server]).toEqual(['issuer_mismatch', undefined]);
  expect(tokenRequests(one)).toBe(0);
});

test('CL-023 an iss that was not announced is compared all the same, and may be absent', async () => {
  const one = stage();
  one.server.metadata.authorization_response_iss_parameter_supported = undefined;
  expect((await comeBack(one, { iss: 'https://evil.example' })).code).toBe('issuer_mismatch');
  const answer = one.server.approve(await start(one), { iss: undefined });
  expect((await one.client.callback(one.browser.get(answer))).status).toBe(303);
});

test.each([
  ['code', 'response_invalid'],
  ['state', 'transaction_unknown'],
  ['iss', 'issuer_mismatch'],
  ['error', 'response_invalid'],
  ['unknown', 'response_invalid'],
])('CL-024 a repeated %s is refused', async (name, code) => {
  const one = stage();
  const answer = new URL(one.server.approve(await start(one)));
  const value = answer.searchParams.get(name) ?? 'value';
  if (!answer.searchParams.has(name)) answer.searchParams.append(name, value);
  answer.searchParams.append(name, value);
  expect((await failure(one.client.callback(one.browser.get(answer.href)))).code).toBe(code);
  expect(tokenRequests(one)).toBe(0);
});

test.each([
  ['code and error together', { error: 'access_denied' }],
  ['neither code nor error', { code: undefined }],
  ['an empty code', { code: '' }],
])('CL-024 %s is refused', async (_, change) => {
  const one = stage();
  expect((await comeBack(one, change)).code).toBe('response_invalid');
  expect(tokenRequests(one)).toBe(0);
});

test('CL-024 an answer by POST is refused, unknown parameters are ignored', async () => {
  const one = stage();
  const answer = one.server.approve(await start(one), { session_state: 'x', id_token: 'y', response: 'z' });
  expect((await failure(one.client.callback(one.browser.post(answer)))).code).toBe('response_invalid');
  expect((await one.client.callback(one.browser.get(answer))).status).toBe(303);
});

test.each([
  ['access_denied', 'access_denied', 403],
  ['server_error', 'server_unavailable', 503],
  ['temporarily_unavailable', 'server_unavailable', 503],
  ['invalid_scope', 'authorization_failed', 400],
  ['<script>', 'authorization_failed', 400],
])('CL-025 the error answer %s becomes %s', async (wire, code, status) => {
  const error = await comeBack(stage(), { code: undefined, error: wire });
  expect([error.code, error.status]).toEqual([code, status]);
});

test('CL-025 words of the server are for the log, made harmless, and never the message', async () => {
  const error_description = `<script>alert(1)</script>\r\n${'s'.repeat(40)} ${'no '.repeat(200)}`;
  const error = await comeBack(stage(), { code: undefined, error: 'invalid_scope', error_description });
  expect(error.server?.error).toBe('invalid_scope');
  expect(error.server?.description?.length).toBeLessThanOrEqual(200);
  expect(error.server?.description).not.toMatch(/[\r\n]|s{20}/);
  expect(error.message).not.toContain('script');
});

test('CL-027 with two servers behind one store, the code of one never reaches the other', async () => {
  const shared = { sessions: memorySessions(), transactions: memoryTransactions() };
  const honest = stage(shared);
  const hostile = stage(shared, fakeServer('https://evil.example'));
  const answer = honest.server.approve(await start(honest));
  expect((await failure(hostile.client.callback(honest.browser.get(answer)))).code).toBe(
    'transaction_unknown',
  );
  expect(hostile.server.seen.filter(({ path }) => path === '/token')).toEqual([]);
});

test.each([
  ['invalid_grant', oauthError('invalid_grant'), 'grant_refused'],
  ['invalid_client', oauthError('invalid_client', 401), 'client_refused'],
  ['invalid_request', oauthError('invalid_request'), 'request_refused'],
  ['500', new Response('oops', { status: 500 }), 'server_unavailable'],
  ['HTML', new Response('<p>hello', { headers: { 'content-type': 'text/html' } }), 'answer_invalid'],
  [
    'a redirect',
    new Response(null, { status: 307, headers: { location: 'https://evil.example' } }),
    'answer_invalid',
  ],
  ['DPoP', Response.json({ access_token: 'token-value', token_type: 'DPoP' }), 'answer_invalid'],
  [
    'an unknown token type',
    Response.json({ access_token: 'token-value', token_type: 'mac' }),
    'answer_invalid',
  ],
  ['no access token', Response.json({ token_type: 'Bearer' }), 'answer_invalid'],
  [
    'a token with a newline',
    Response.json({ access_token: 'a\r\nb', token_type: 'Bearer' }),
    'answer_invalid',
  ],
  ['an array', Response.json([]), 'answer_invalid'],
  ['far too much', new Response('x'.repeat(300_000)), 'answer_invalid'],
])('CL-033 CL-034 CL-036 the token endpoint answers %s: no session', async (_, response, code) => {
  const one = stage();
  one.server.misbehave.set('/token', () => response.clone());
  expect((await comeBack(one)).code).toBe(code);
  expect(tokenRequests(one)).toBe(1);
  expect(await one.client.session(one.browser.get(APP))).toBeUndefined();
});

test('CL-036 an invalid_client with a challenge is told by the error in its body', async () => {
  const one = stage();
  one.server.misbehave.set('/token', () => {
    const response = oauthError('invalid_client', 401);
    response.headers.set('www-authenticate', 'Basic realm="token"');
    return response;
  });
  const error = await comeBack(one);
  expect([error.code, error.server?.error]).toEqual(['client_refused', 'invalid_client']);
});

test.each([
  ['a number', 600, 600],
  ['a numeric string', '600', 600],
  ['absent', undefined, undefined],
])('CL-035 expires_in as %s', async (_, expires_in, seconds) => {
  const one = stage();
  one.server.misbehave.set('/token', () =>
    Response.json({ access_token: 'a', token_type: 'bearer', expires_in }),
  );
  const { accessTokenExpiresAt, refreshable } = await signIn(one);
  expect(accessTokenExpiresAt).toBe(seconds === undefined ? undefined : one.clock.now + seconds * 1000);
  expect(refreshable).toBe(false);
});

test('CL-035 a scope smaller than asked is told to the app, an absent one is as asked', async () => {
  const one = stage({ scope: 'photos:read prints:order' });
  expect((await signIn(one)).missingScope).toEqual([]);
  one.server.misbehave.set('/token', () =>
    Response.json({ access_token: 'a', token_type: 'Bearer', scope: 'photos:read' }),
  );
  const session = await signIn(one);
  expect([session.scope, session.missingScope]).toEqual([['photos:read'], ['prints:order']]);
});

test('CL-036 SB-032 no code, verifier, token or secret is in any error, however the server echoes them', async () => {
  const one = stage();
  const sent: string[] = [SECRET];
  one.server.misbehave.set('/token', ({ body }) => {
    sent.push(body.get('code') ?? '', body.get('code_verifier') ?? '');
    const error_description = `bad ${[...body.values()].join(' ')}`;
    return Response.json(
      { error: 'invalid_request', error_description, access_token: 'token-value' },
      { status: 400 },
    );
  });
  const echoed = inspect(await comeBack(one), { depth: Number.POSITIVE_INFINITY });
  one.server.misbehave.set('/token', () => Response.json({ access_token: 'token-value', token_type: 'mac' }));
  const refused = inspect(await comeBack(one), { depth: Number.POSITIVE_INFINITY, showHidden: true });
  for (const secret of [...sent, 'token-value']) {
    expect(echoed).not.toContain(secret);
    expect(refused).not.toContain(secret);
  }
});
