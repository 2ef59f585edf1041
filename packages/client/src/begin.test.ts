import { calculatePKCECodeChallenge } from 'oauth4webapi';
import { expect, test } from 'vitest';
import { browser } from './browser.fixture.ts';
import { createClient, memorySessions, memoryTransactions, type Transaction } from './index.ts';
import { APP, CALLBACK, failure, stage, start } from './stage.fixture.ts';

test('CL-008 the authorization request asks for a code with the registered redirect URI, scope, state and S256', async () => {
  const url = new URL(await start(stage({ resource: 'https://api.example/photos' })));
  expect(url.origin + url.pathname).toBe('https://as.example/authorize');
  const { state, code_challenge, ...rest } = Object.fromEntries(url.searchParams);
  expect(rest).toEqual({
    response_type: 'code',
    client_id: 'print-shop',
    redirect_uri: CALLBACK,
    scope: 'photos:read',
    code_challenge_method: 'S256',
    resource: 'https://api.example/photos',
  });
  expect(state).toMatch(/^[\w-]{43}$/);
  expect(code_challenge).toMatch(/^[\w-]{43}$/);
});

test('CL-002 CL-010 two starts share nothing, and the state is nothing but random characters', async () => {
  const kept: Transaction[] = [];
  const memory = memoryTransactions();
  const transactions = {
    ...memory,
    put: async (_: string, transaction: Transaction) => void kept.push(transaction),
  };
  const one = stage({ transactions });
  const urls = [new URL(await start(one)), new URL(await start(one))];
  const values = urls.flatMap((url) => [
    url.searchParams.get('state'),
    url.searchParams.get('code_challenge'),
  ]);
  const verifiers = kept.map(({ codeVerifier }) => codeVerifier);
  expect(new Set([...values, ...verifiers]).size).toBe(6);
  expect(verifiers.every((verifier) => /^[\w-]{43}$/.test(verifier))).toBe(true);
});

test('CL-002 the S256 challenge of RFC 7636 Appendix B comes out', async () => {
  const challenge = await calculatePKCECodeChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
  expect(challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
});

test.each([
  ['plain only', ['plain']],
  ['an empty list', []],
  ['no list', undefined],
  ['a string in place of a list', 'S256'],
])('CL-003 a server that announces %s is refused before the redirect', async (_, methods) => {
  const one = stage();
  one.server.metadata.code_challenge_methods_supported = methods;
  expect((await failure(start(one))).code).toBe('pkce_unsupported');
});

test('CL-003 a server that is silent about PKCE is taken only where that was allowed', async () => {
  const one = stage({ allowUnannouncedPkce: true });
  one.server.metadata.code_challenge_methods_supported = undefined;
  expect(new URL(await start(one)).searchParams.get('code_challenge_method')).toBe('S256');
});

test('CL-011 the redirect is a 303 that no cache keeps', async () => {
  const { client, browser } = stage();
  const response = await client.begin(browser.get(`${APP}/login`));
  expect(response.status).toBe(303);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
});

test('CL-004 on https the transaction cookie is __Host-, HttpOnly, Secure, Lax and lives ten minutes', async () => {
  const { client, browser } = stage();
  const [cookie] = (await client.begin(browser.get(`${APP}/login`))).headers.getSetCookie();
  expect(cookie).toMatch(
    /^__Host-valetkey_login_[\w-]{8}=[\w-]+\.[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
  );
});

test('CL-004 on http loopback the cookie has its plain name with the prefix of the app', async () => {
  const one = stage({
    redirectUri: 'http://localhost:9001/callback',
    allowInsecureLoopback: true,
    cookiePrefix: 'printshop_',
  });
  const [cookie] = (await one.client.begin(one.browser.get(`${APP}/login`))).headers.getSetCookie();
  expect(cookie).toMatch(/^printshop_login_/);
  expect(cookie).not.toContain('Secure');
});

test('CL-004 abandoned sign-ins do not pile up: five cookies at most, the oldest go first', async () => {
  const one = stage();
  const first = new URL(await start(one)).searchParams.get('state') ?? '';
  for (let i = 0; i < 8; i += 1) {
    one.clock.now += 1000;
    await start(one);
  }
  expect(one.browser.cookies.size).toBe(5);
  expect([...one.browser.cookies.keys()]).not.toContain(`__Host-valetkey_login_${first.slice(0, 8)}`);
});

test('CL-005 starting a sign-in leaves the session of the browser alone', async () => {
  const { client } = stage();
  const visitor = browser();
  visitor.cookies.set('__Host-valetkey_session', 'present');
  const cookies = (await client.begin(visitor.get(`${APP}/login`))).headers.getSetCookie();
  expect(cookies.filter((cookie) => cookie.startsWith('__Host-valetkey_session'))).toEqual([]);
});

test('CL-008 an authorization endpoint keeps the query it has', async () => {
  const one = stage();
  one.server.metadata.authorization_endpoint = 'https://as.example/authorize?tenant=7';
  expect(new URL(await start(one)).searchParams.get('tenant')).toBe('7');
});

test('CL-001 SB-006 faulty settings are refused at once, all faults together', async () => {
  const { config } = stage();
  const make = () =>
    createClient({
      ...config,
      sessions: memorySessions(),
      issuer: 'http://as.example',
      redirectUri: 'http://localhost:9001/callback',
      allowedOrigins: ['http://api.example'],
      scope: 'openid  photos',
    });
  const error = await failure((async () => make())());
  expect(error.code).toBe('configuration_invalid');
  expect(String((error.cause as Error).message).split('; ')).toHaveLength(5);
});
