import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { API, failure, type Stage, signIn, stage, tokenRequests } from './stage.fixture.ts';

const bearers = (one: Stage) => one.api.seen.map(({ headers }) => headers.get('authorization'));
const challenge = (value: string, status = 401) =>
  new Response(null, { status, headers: { 'www-authenticate': value } });

test('CL-066 the token travels in the Authorization header and replaces what was there', async () => {
  const one = stage();
  const session = await signIn(one);
  const request = new Request(`${API}/photos?size=small`, {
    headers: { authorization: 'Basic x', accept: 'text/plain' },
  });
  expect(await (await one.client.fetch(session, request)).json()).toEqual({ photos: [] });
  expect(bearers(one)).toEqual(['Bearer access-1']);
  expect(one.api.seen[0]?.url).toBe(`${API}/photos?size=small`);
  expect(one.api.seen[0]?.headers.get('accept')).toBe('text/plain');
});

test.each([
  ['another host', 'https://evil.example/photos'],
  ['another port', 'https://api.example:8443/photos'],
  ['http', 'http://api.example/photos'],
  ['a subdomain', 'https://x.api.example/photos'],
  ['a look-alike', 'https://api.example.evil.example/photos'],
])('CL-066 no token goes to %s', async (_, url) => {
  const one = stage();
  const session = await signIn(one);
  const before = one.server.seen.length;
  const error = await failure(one.client.fetch(session, new Request(url)));
  expect(error.code).toBe('origin_not_allowed');
  expect([one.api.seen.length, one.server.seen.length]).toEqual([0, before]);
});

test('CL-066 a redirect is handed back and not followed', async () => {
  const one = stage();
  const session = await signIn(one);
  one.api.answer = () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } });
  expect((await one.client.fetch(session, new Request(API))).status).toBe(302);
  expect(one.api.seen).toHaveLength(1);
  expect(one.api.seen[0]?.redirect).toBe('manual');
});

test.each([
  [30_001, 'Bearer access-1'],
  [30_000, 'Bearer access-2'],
  [-1, 'Bearer access-2'],
])('CL-064 with %i ms to live the call carries %s', async (left, bearer) => {
  const one = stage();
  const session = await signIn(one);
  one.clock.now += 600_000 - left;
  await one.client.fetch(session, new Request(API));
  expect(bearers(one)).toEqual([bearer]);
});

test('CL-064 on 401 invalid_token it refreshes once and tries once more, with the same body', async () => {
  const one = stage();
  const session = await signIn(one);
  const bodies: string[] = [];
  one.api.answer = async (request) => {
    bodies.push(await request.text());
    return bodies.length > 1 ? Response.json('good') : challenge('Bearer error="invalid_token"');
  };
  const response = await one.client.fetch(session, new Request(API, { method: 'POST', body: 'order' }));
  expect(await response.json()).toBe('good');
  expect(bearers(one)).toEqual(['Bearer access-1', 'Bearer access-2']);
  expect(bodies).toEqual(['order', 'order']);
});

test('CL-064 an API that always says invalid_token gets two tries and no more', async () => {
  const one = stage();
  const session = await signIn(one);
  one.api.answer = () => challenge('Bearer error="invalid_token"');
  expect((await one.client.fetch(session, new Request(API))).status).toBe(401);
  expect([one.api.seen.length, tokenRequests(one)]).toEqual([2, 2]);
});

test.each([
  ['Bearer error="invalid_token"', true],
  ['bearer ERROR=invalid_token', true],
  ['Basic realm="a, b \\"Bearer\\"", Bearer realm="x", error="invalid_token"', true],
  ['Negotiate YWJj, Bearer error="invalid_token", scope="a b"', true],
  ['DPoP algs="ES256", Bearer error = "invalid_token"', true],
  ['Bearer', false],
  ['Bearer realm="error=\\"invalid_token\\""', false],
  ['Bearer error="insufficient_scope"', false],
  ['DPoP error="invalid_token"', false],
  ['Bearer error="invalid_token', false],
  ['', false],
])('CL-069 the challenge %s asks for a new token: %s', async (value, asks) => {
  const one = stage();
  const session = await signIn(one);
  one.api.answer = () => challenge(value);
  expect((await one.client.fetch(session, new Request(API))).status).toBe(401);
  expect(one.api.seen.length).toBe(asks ? 2 : 1);
});

test('CL-064 a 403 is the answer, not a reason to refresh', async () => {
  const one = stage();
  const session = await signIn(one);
  one.api.answer = () => challenge('Bearer error="insufficient_scope", scope="photos:write"', 403);
  expect((await one.client.fetch(session, new Request(API))).status).toBe(403);
  expect(tokenRequests(one)).toBe(1);
});

test('CL-063 while the server is away a token that still lives is used, a dead one is not', async () => {
  const one = stage();
  const session = await signIn(one);
  one.server.misbehave.set('/token', () => new Response(null, { status: 503 }));
  one.clock.now += 590_000;
  expect((await one.client.fetch(session, new Request(API))).status).toBe(200);
  one.clock.now += 10_000;
  expect((await failure(one.client.fetch(session, new Request(API)))).code).toBe('server_unavailable');
});

test('an API that cannot be reached is told apart from the server, without the token in the error', async () => {
  const one = stage();
  const session = await signIn(one);
  one.api.answer = () => Promise.reject(new TypeError('fetch failed'));
  const error = await failure(one.client.fetch(session, new Request(API)));
  expect([error.code, error.status]).toEqual(['api_unavailable', 503]);
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('access-1');
});

test('TN-031 a token is opaque: what looks like a JWT is not read', async () => {
  const one = stage();
  const access_token = 'eyJhbGciOiJub25lIn0.bm90IGpzb24.';
  one.server.misbehave.set('/token', () => Response.json({ access_token, token_type: 'Bearer' }));
  await one.client.fetch(await signIn(one), new Request(API));
  expect(bearers(one)).toEqual([`Bearer ${access_token}`]);
});
