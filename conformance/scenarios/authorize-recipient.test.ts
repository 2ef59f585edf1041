import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ask,
  askByPost,
  expectPage,
  expectRedirectError,
  expectSignIn,
  expectStillWorks,
  outcomeOf,
} from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, walk } from '../support/flow.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

const registered = 'https://print.example/callback?a=1';
let target: Target;
let client: TestClient;
let user: TestUser;
beforeAll(async () => {
  target = await inProcess();
  client = await target.addClient({ redirectUris: [registered] });
  user = await target.addUser();
});
afterAll(() => target.stop());

test('AZ-001: GET and POST give the same result, good or bad; other methods are told which there are', async () => {
  const good = authorizeUrl(target, client);
  for (const send of [ask, askByPost]) {
    expectSignIn(target, await send(target, good.url));
    const bad = authorizeUrl(target, client, { scope: 'nonsense' });
    expectRedirectError(await send(target, bad.url), 'invalid_scope', { target, client, state: bad.state });
    expectPage(await send(target, authorizeUrl(target, client, { client_id: undefined }).url));
  }
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const refused = await outcomeOf(target, await new Browser(target.fetch).send(good.url, { method }));
    expect([method, refused.status, refused.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD, POST']);
    expect(refused.location).toBeNull();
  }
  const browser = new Browser(target.fetch);
  const posted = await browser.post(
    `${target.issuer}/authorize`,
    Object.fromEntries(new URL(good.url).searchParams),
  );
  const page = await browser.follow(good.url, posted);
  if ('left' in page) return expect.unreachable(`${page.left}`);
  const { username, password } = user;
  const consent = await browser.click(page, 'login-submit', { username, password });
  if ('left' in consent) return expect.unreachable(`${consent.left}`);
  const end = await browser.click(consent, 'consent-approve');
  expect('left' in end && end.left.searchParams.get('state')).toBe(good.state);
});

test('AZ-001: a form that another site posts keeps a person signed in, though the browser holds her cookie back', async () => {
  const browser = new Browser(target.fetch);
  await walk(browser, authorizeUrl(target, client).url, user);
  const { url, state } = authorizeUrl(target, client);
  const bounced = await target.fetch(
    new Request(`${target.issuer}/authorize`, {
      method: 'POST',
      body: new URL(url).search.slice(1),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' },
    }),
  );
  const answer = await browser.follow(`${target.issuer}/authorize`, bounced);
  expect('left' in answer && answer.left.searchParams.get('state')).toBe(state);
});

test('AZ-002: the published address is https and has no fragment', async () => {
  const response = await target.fetch(new Request(`${target.issuer}/.well-known/oauth-authorization-server`));
  const { authorization_endpoint: endpoint } = (await response.json()) as Record<string, string>;
  expect(endpoint).toBe(`${target.issuer}/authorize`);
  expect(endpoint).toMatch(/^https:\/\/[^#]+$/);
});

test('AZ-003: an empty value counts as none, and an unknown parameter changes nothing', async () => {
  const { url, state } = authorizeUrl(target, client);
  expectSignIn(target, await ask(target, `${url}&foo=bar&prompt=&login_hint=&request=&__proto__=x`));
  for (const scope of ['', undefined]) {
    const asked = authorizeUrl(target, client, { scope, state });
    expectRedirectError(await ask(target, asked.url), 'invalid_scope', { target, client, state });
  }
  expectPage(await ask(target, authorizeUrl(target, client, { client_id: '' }).url));
  const stateless = authorizeUrl(target, client, { state: '', scope: 'nonsense' });
  expectRedirectError(await ask(target, stateless.url), 'invalid_scope', { target, client, state: null });
});

test('AZ-004: a repeated parameter is refused, to the person if it says who asks and where to, else to the client', async () => {
  const { url, state } = authorizeUrl(target, client);
  for (const name of ['client_id', 'redirect_uri']) {
    const again = new URL(url).searchParams.get(name) ?? '';
    expectPage(await ask(target, `${url}&${new URLSearchParams({ [name]: again })}`));
    expectPage(await ask(target, `${url}&${new URLSearchParams({ [name]: 'https://evil.example/' })}`));
  }
  for (const name of ['response_type', 'scope', 'code_challenge', 'code_challenge_method', 'foo']) {
    const value = new URL(url).searchParams.get(name) ?? 'x';
    const twice = `${url}&${new URLSearchParams([[name, value], ...(name === 'foo' ? [[name, value]] : [])])}`;
    for (const send of [ask, askByPost])
      expectRedirectError(await send(target, twice), 'invalid_request', { target, client, state });
  }
  // Which of two states is the client's own cannot be told: neither is returned.
  expectRedirectError(await ask(target, `${url}&state=x`), 'invalid_request', {
    target,
    client,
    state: null,
  });
  expectSignIn(target, await ask(target, `${url}&resource=${photosApi}&resource=${photosApi}`));
  await expectStillWorks(target, client, user);
});

test('AZ-006: broken escapes and invalid UTF-8 are refused, a plus is a blank, and case counts', async () => {
  for (const broken of ['%', '%2', '%zz', '%ff', '%c3%28', '%ed%a0%80', '%c0%80']) {
    const { url, state } = authorizeUrl(target, client, { login_hint: undefined });
    for (const send of [ask, askByPost]) {
      const refused = await send(target, `${url}&login_hint=${broken}`);
      expectRedirectError(refused, 'invalid_request', { target, client, state });
    }
    const unaddressed = authorizeUrl(target, client, { redirect_uri: undefined }).url;
    expectPage(await ask(target, `${unaddressed}&redirect_uri=${broken}`));
  }
  const { url, state } = authorizeUrl(target, client, { response_type: 'Code' });
  expectRedirectError(await ask(target, url), 'unsupported_response_type', { target, client, state });
  expectPage(await ask(target, authorizeUrl(target, client).url.replace('client_id=', 'Client_Id=')));
  const plus = authorizeUrl(target, client, { scope: 'photos:read photos:write' }).url;
  expect(plus).toContain('read+photos');
  expectSignIn(target, await ask(target, plus));
});

test('AZ-007: line ends and NUL in state come back encoded and make no header', async () => {
  for (const state of ['\r\nX: y', 'a\0b', '\n', '"><script>alert(1)</script>', 'ü€𝄞 +%&=#', '\u2028']) {
    const { url } = authorizeUrl(target, client, { state, scope: 'nonsense' });
    const outcome = await ask(target, url);
    expectRedirectError(outcome, 'invalid_scope', { target, client, state });
    expect(outcome.headers.get('location')).toMatch(/^[\x21-\x7e]+$/);
    expect(outcome.headers.has('x')).toBe(false);
    const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client, { state }).url, user);
    expect(answer.searchParams.get('state')).toBe(state);
  }
});

test('AZ-007: a hostile client name is text on every page', async () => {
  const name = '<img src=x onerror=alert(1)>"\'&';
  const hostile = await target.addClient({ name });
  const browser = new Browser(target.fetch);
  const hint = '"><script>alert(2)</script>';
  const signIn = await browser.open(authorizeUrl(target, hostile, { login_hint: hint }).url);
  if ('left' in signIn) return expect.unreachable();
  const consent = await browser.click(signIn, 'login-submit', {
    username: user.username,
    password: user.password,
  });
  if ('left' in consent) return expect.unreachable();
  for (const { html } of [signIn, consent]) {
    expect(html).not.toMatch(/<img|<script/i);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  }
  const error = await ask(target, `${target.issuer}/authorize?client_id=${encodeURIComponent(hint)}`);
  expectPage(error, 'invalid_client');
});

test('AZ-008: no page of another origin may read an answer, and no preflight is approved', async () => {
  const browser = new Browser(target.fetch, { origin: 'https://print.example' });
  const { url } = authorizeUrl(target, client);
  const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } };
  for (const init of [{}, preflight, { method: 'POST', body: new URL(url).searchParams }]) {
    const response = await browser.send(url, init);
    const granted = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
    expect(granted).toEqual([]);
    if ('headers' in init) expect(response.status).toBe(405);
  }
});

test('AZ-009: a state of 2048 characters comes back whole', async () => {
  const state = 'a/b+c ü'.repeat(300).slice(0, 2048);
  const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client, { state }).url, user);
  expect(answer.searchParams.get('state')).toBe(state);
  expect(answer.searchParams.get('code')).not.toBeNull();
});

test('AZ-009: the longest state that is taken gets through sign-in and consent, a longer one is refused at once', async () => {
  const longest = authorizeUrl(target, client, {
    state: '\u20ac'.repeat(1024) + 'x'.repeat(3072),
    prompt: 'consent',
  });
  const answer = await walk(new Browser(target.fetch), longest.url, user);
  expect(answer.searchParams.get('code')).not.toBeNull();
  const longer = await new Browser(target.fetch).open(
    authorizeUrl(target, client, { state: 'x'.repeat(4097) }).url,
  );
  expect('left' in longer && longer.left.searchParams.get('error')).toBe('invalid_request');
});

test('AZ-010: an unproven client or address is told to the person, whatever else is wrong', async () => {
  const disabled = await target.addClient({ disabledAt: target.now() });
  const worse = { scope: 'nonsense', response_type: 'token', code_challenge: undefined };
  for (const rest of [{}, worse]) {
    const page = async (over: Record<string, string | undefined>, of = client) =>
      ask(target, authorizeUrl(target, of, { ...rest, ...over }).url);
    expectPage(await page({ client_id: undefined }));
    expectPage(await page({ client_id: 'nobody' }), 'invalid_client');
    expectPage(await page({ client_id: 'nobody', redirect_uri: 'https://evil.example/' }), 'invalid_client');
    expectPage(await page({}, disabled), 'invalid_client');
    expectPage(await page({ redirect_uri: 'https://evil.example/' }));
    expectPage(await page({ redirect_uri: '/callback' }));
  }
  await expectStillWorks(target, client, user);
});
