import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, expectStillWorks, leftFor, outcomeOf, pageOf, signInAt } from '../support/authorize.ts';
import { Browser, type Page } from '../support/browser.ts';
import { authorizeUrl, introspect, obtainCode, pkce, redeem, walk } from '../support/flow.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

let target: Target;
let client: TestClient;
let user: TestUser;
beforeAll(async () => {
  target = await inProcess();
  client = await target.addClient();
  user = await target.addUser();
});
afterAll(() => target.stop());

/** Every page of the walk: sign-in, failed sign-in, consent, account pages, signed out, errors, home. */
async function allPages(): Promise<Page[]> {
  const browser = new Browser(target.fetch);
  const { url } = authorizeUrl(target, client, { prompt: 'consent' });
  const signIn = pageOf(await browser.open(url));
  const wrong = pageOf(await browser.click(signIn, 'login-submit', { username: 'x', password: 'x' }));
  const consent = pageOf(await signInAt(browser, url, user));
  const bad = pageOf(await browser.open(`${target.issuer}/authorize?client_id=nobody`));
  const stale = pageOf(await browser.open(`${target.issuer}/login?ticket=x`));
  const paths = ['/', '/account', '/account/sessions', '/logout', '/logged-out', '/login', '/no-such-page'];
  const pages = [signIn, wrong, consent, bad, stale];
  for (const path of paths) pages.push(pageOf(await browser.open(target.issuer + path)));
  return pages;
}

test('AZ-074, SB-020: no page can be framed, runs script, sniffs types or leaks where one came from', async () => {
  for (const { url, headers, html } of await allPages()) {
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"])
      expect([url, policy]).toEqual([url, expect.stringContaining(part)]);
    expect(policy).not.toMatch(/unsafe-|script-src|\*/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html).not.toMatch(/<script|\son[a-z]+=|javascript:/i);
  }
});

test('SB-020: the form of a page may lead to the client that asked and to nobody else', async () => {
  const formAction = (page: Page) =>
    /form-action ([^;]*)/.exec(page.headers.get('content-security-policy') ?? '')?.[1];
  const browser = new Browser(target.fetch);
  const { url } = authorizeUrl(target, client, { prompt: 'consent' });
  const signIn = pageOf(await browser.open(url));
  expect(formAction(signIn)).toBe("'self' https://print.example");
  expect(formAction(pageOf(await signInAt(browser, url, user)))).toBe("'self' https://print.example");
  expect(formAction(pageOf(await browser.open(`${target.issuer}/account`)))).toBe("'self'");
});

test('AZ-086: nothing on the way is kept by caches, tells a referrer, or loads from elsewhere', async () => {
  for (const { url, headers, html } of await allPages()) {
    expect([url, headers.get('cache-control')]).toEqual([url, 'no-store']);
    const loaded = [
      ...html.matchAll(/<(?:link|img|script|iframe|source|object|embed)\b[^>]*?(?:href|src|data)="([^"]*)"/g),
    ];
    expect(loaded.length).toBeGreaterThan(0);
    for (const [, address = ''] of loaded) expect(new URL(address, url).origin).toBe(target.issuer);
    expect(html).not.toMatch(/style="[^"]*url\(|@import/);
  }
  const browser = new Browser(target.fetch);
  await walk(browser, authorizeUrl(target, client).url, user);
  const answers = [{}, { scope: 'nonsense' }, { prompt: 'login' }, { prompt: 'consent' }];
  for (const over of answers) {
    const { status, headers } = await browser.get(authorizeUrl(target, client, over).url);
    expect([status, headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
      303,
      'no-store',
      'no-referrer',
    ]);
  }
});

test('AZ-080: success gives code, state and issuer, and nothing of the tokens', async () => {
  for (const state of ['x', undefined]) {
    const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client, { state }).url, user);
    const names = state === undefined ? ['code', 'iss'] : ['code', 'state', 'iss'];
    expect([[...answer.searchParams.keys()], answer.hash]).toEqual([names, '']);
  }
});

test('AZ-081: the issuer stands in every answer as in the metadata, letter for letter', async () => {
  const response = await target.fetch(new Request(`${target.issuer}/.well-known/oauth-authorization-server`));
  const metadata = (await response.json()) as Record<string, unknown>;
  expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
  const success = await walk(new Browser(target.fetch), authorizeUrl(target, client).url, user);
  expect(success.searchParams.getAll('iss')).toEqual([metadata.issuer]);
  for (const over of [
    { scope: 'nonsense' },
    { prompt: 'none' },
    { response_type: undefined },
    { request: 'x' },
  ]) {
    const { location } = await ask(target, authorizeUrl(target, client, over).url);
    expect(location?.searchParams.getAll('iss')).toEqual([metadata.issuer]);
  }
  const browser = new Browser(target.fetch);
  const signIn = pageOf(await browser.open(authorizeUrl(target, client).url));
  const cancelled = leftFor(await browser.click(signIn, 'login-cancel'));
  expect(cancelled.searchParams.getAll('iss')).toEqual([metadata.issuer]);
});

test('AZ-081: an issuer with a path is told with its path', async () => {
  const withPath = await inProcess({ config: { issuer: 'https://auth.example/tenant' } });
  const of = await withPath.addClient();
  const answer = await walk(
    new Browser(withPath.fetch),
    authorizeUrl(withPath, of).url,
    await withPath.addUser(),
  );
  expect(answer.searchParams.get('iss')).toBe('https://auth.example/tenant');
  expect(answer.searchParams.has('code')).toBe(true);
  await withPath.stop();
});

test('AZ-082: every redirect is a 303, so that no form with a password is sent on', async () => {
  const statuses: number[] = [];
  const listening = async (request: Request) => {
    const response = await target.fetch(request);
    if (response.headers.has('location')) statuses.push(response.status);
    return response;
  };
  const browser = new Browser(listening);
  await walk(browser, authorizeUrl(target, client, { prompt: 'login consent' }).url, user);
  await browser.post(`${target.issuer}/authorize`, { client_id: client.id });
  const consent = pageOf(await browser.open(authorizeUrl(target, client, { prompt: 'consent' }).url));
  await browser.click(consent, 'consent-deny');
  await browser.click(pageOf(await browser.open(`${target.issuer}/logout`)), 'logout-confirm');
  expect(statuses.length).toBeGreaterThan(6);
  expect(new Set(statuses)).toEqual(new Set([303]));
});

test('AZ-083: a code is long and never the same, lives a minute, and no longer', async () => {
  const codes = await Promise.all(Array.from({ length: 4 }, () => obtainCode(target, client, user)));
  const [first, second, third] = codes;
  if (first === undefined || second === undefined || third === undefined) return expect.unreachable();
  expect(new Set(codes.map(({ code }) => code)).size).toBe(4);
  for (const { code } of codes) expect(code).toMatch(/^[\w.~-]{27,}$/);
  target.pass(59_000);
  expect((await redeem(target, client, first)).status).toBe(200);
  target.pass(2_000);
  expect((await redeem(target, client, second)).body.error).toBe('invalid_grant');
  await expectStillWorks(target, client, user);
});

test('AZ-084: a code is good for its client, address, verifier, person and scope, and while its session and consent live', async () => {
  const other = await target.addClient();
  const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  const answer = await obtainCode(target, client, user, { scope: 'photos:write' });
  const wrong = [
    await redeem(target, other, answer),
    await redeem(target, client, answer, { redirect_uri: 'https://print.example/other' }),
    await redeem(target, client, answer, { code_verifier: pkce().verifier }),
    await redeem(target, client, answer, { code: answer.code.slice(0, -4) }),
  ];
  for (const { body } of wrong) expect(body.error).toMatch(/^invalid_(grant|request)$/);
  const { body } = await redeem(target, client, answer);
  const bound = { active: true, sub: user.id, scope: 'photos:write', aud: photosApi, client_id: client.id };
  expect(await introspect(target, api, body.access_token)).toMatchObject(bound);
});

test('AZ-084: a code dies with the session, the consent, the client or the person it rests on', async () => {
  const ends: ((browser: Browser, person: TestUser, of: TestClient) => Promise<unknown>)[] = [
    async (browser) => browser.click(pageOf(await browser.open(`${target.issuer}/logout`)), 'logout-confirm'),
    async (browser) => browser.click(pageOf(await browser.open(`${target.issuer}/account`)), 'revoke-1'),
    async (_browser, _person, of) => target.store.clients.replace({ ...of.record, disabledAt: target.now() }),
  ];
  for (const [i, end] of ends.entries()) {
    const [person, of] = [await target.addUser(), await target.addClient()];
    const browser = new Browser(target.fetch);
    const { url, verifier } = authorizeUrl(target, of);
    const code = (await walk(browser, url, person)).searchParams.get('code') ?? '';
    await end(browser, person, of);
    const tokens = await redeem(target, of, { code, verifier, redirectUri: of.redirectUri });
    expect([i, tokens.status, tokens.body.error]).toEqual([
      i,
      i === 2 ? 401 : 400,
      i === 2 ? 'invalid_client' : 'invalid_grant',
    ]);
  }
  const { status } = await outcomeOf(target, await target.fetch(new Request(`${target.issuer}/healthz`)));
  expect(status).toBe(200);
});
