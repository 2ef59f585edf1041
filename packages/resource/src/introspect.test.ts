import { expect, test } from 'vitest';
import { clientSecretBasic, clientSecretPost } from './index.ts';
import { claims, NOW } from './issuer.fixture.ts';
import { outcome, request, type Stage, stage } from './stage.fixture.ts';

const TOKEN = 'vka1_opaque.token';
const authentication = clientSecretBasic('client id', 'p@ss:w+rd/%');
const opaque = (cacheSeconds = 10) => stage({ introspection: { authentication, cacheSeconds } });

function activate({ issuer }: Stage, change: Record<string, unknown> = {}): void {
  issuer.active.set(TOKEN, { active: true, token_type: 'Bearer', ...claims(issuer.issuer), ...change });
}

test('RS-020 an opaque token is asked about with own credentials, and gives access', async () => {
  const one = await opaque();
  activate(one);
  const verdict = await one.guard.check(request(`Bearer ${TOKEN}`), { scope: ['photos:read'] });
  expect(verdict).toMatchObject({
    granted: { subject: 'ada', clientId: 'print-shop', scope: ['photos:read'] },
  });
  const [asked] = one.issuer.introspections;
  expect(asked?.authorization).toBe('Basic Y2xpZW50K2lkOnAlNDBzcyUzQXclMkJyZCUyRiUyNQ==');
  expect(Object.fromEntries(asked?.body ?? [])).toEqual({ token: TOKEN, token_type_hint: 'access_token' });
});

test('RS-020 credentials may go into the body, and the endpoint may be configured', async () => {
  const one = await stage({
    introspection: {
      endpoint: 'https://as.example/introspect',
      authentication: clientSecretPost('api', 'secret'),
    },
  });
  activate(one);
  expect((await outcome(one, TOKEN)).status).toBe(200);
  expect(one.issuer.seen).toEqual(['/introspect']);
  expect(one.issuer.introspections[0]?.body.get('client_secret')).toBe('secret');
});

test('RS-020 an inactive token is invalid, and is asked about again next time', async () => {
  const one = await opaque();
  expect(await outcome(one, TOKEN)).toMatchObject({ status: 401, rule: 'RS-020' });
  activate(one);
  expect((await outcome(one, TOKEN)).status).toBe(200);
});

test.each([
  ['another audience', { aud: 'https://other.example' }],
  ['no audience', { aud: undefined }],
  ['no expiry', { exp: undefined }],
  ['a past expiry', { exp: NOW - 60 }],
  ['an expiry as text', { exp: String(NOW + 600) }],
  ['a start in the future', { nbf: NOW + 61 }],
  ['a key binding', { cnf: { jkt: 'x' } }],
  ['another issuer', { iss: 'https://evil.example' }],
  ['the type DPoP', { token_type: 'DPoP' }],
  ['the type refresh_token', { token_type: 'refresh_token' }],
  ['a scope that is a list', { scope: ['photos:read'] }],
])('IR-014 RS-020 active with %s is refused all the same', async (_, change) => {
  const one = await opaque();
  activate(one, change);
  expect((await outcome(one, TOKEN)).status).toBe(401);
});

test('RS-032 the scope of the answer counts', async () => {
  const one = await opaque();
  activate(one, { scope: 'prints:order' });
  expect(await outcome(one, TOKEN, ['photos:read'])).toMatchObject({ status: 403, rule: 'RS-032' });
});

test.each([
  ['500', () => new Response(null, { status: 500 })],
  ['401, as our credentials are wrong', () => new Response(null, { status: 401 })],
  ['nothing', () => Promise.reject(new TypeError('fetch failed'))],
  ['HTML', () => new Response('<p>hello')],
  ['no active member', () => Response.json({ aud: 'https://api.example' })],
  ['active as text', () => Response.json({ active: 'true' })],
])('RS-020 RS-021 introspection that answers %s is an outage and never access', async (_, answer) => {
  const one = await opaque();
  activate(one);
  one.issuer.misbehave.set('/introspect', answer);
  expect(await outcome(one, TOKEN)).toEqual({ status: 503, challenge: null, rule: 'RS-021' });
});

test('IR-013 an active answer is kept for a short time, so that a revoked token is refused soon', async () => {
  const one = await opaque();
  activate(one);
  await outcome(one, TOKEN);
  one.issuer.active.clear();
  one.clock.now += 9_999;
  expect((await outcome(one, TOKEN)).status).toBe(200);
  one.clock.now += 1;
  expect((await outcome(one, TOKEN)).status).toBe(401);
  expect(one.issuer.introspections).toHaveLength(2);
});

test('IR-013 an answer is never used beyond the expiry of the token', async () => {
  const one = await opaque(3600);
  activate(one, { exp: NOW + 5 });
  await outcome(one, TOKEN);
  one.clock.now += 5_000;
  await outcome(one, TOKEN);
  expect(one.issuer.introspections).toHaveLength(2);
});

test('IR-013 with a cache of 0 seconds every call asks', async () => {
  const one = await opaque(0);
  activate(one);
  await outcome(one, TOKEN);
  await outcome(one, TOKEN);
  expect(one.issuer.introspections).toHaveLength(2);
});

test('MD-027 twenty calls at once with one token ask once', async () => {
  const one = await opaque();
  const answer = { active: true, ...claims(one.issuer.issuer) };
  one.issuer.misbehave.set('/introspect', async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return Response.json(answer);
  });
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(one, TOKEN)));
  expect(outcomes.every(({ status }) => status === 200)).toBe(true);
  expect(one.issuer.seen.filter((path) => path === '/introspect')).toHaveLength(1);
});

test('a JWT is verified here and not asked about, and without introspection an opaque token is refused', async () => {
  const one = await opaque();
  expect((await outcome(one, await one.issuer.sign())).status).toBe(200);
  expect(one.issuer.introspections).toHaveLength(0);
  expect(await outcome(await stage(), TOKEN)).toMatchObject({ status: 401, rule: 'RS-010' });
});
