import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, expectRedirectError, expectSignIn, leftFor, pageOf, signInAt } from '../support/authorize.ts';
import { Browser, textOf } from '../support/browser.ts';
import { authorizeUrl, walk } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

type Over = Record<string, string | undefined>;

const sessionCookie = '__Host-vk_session';
let target: Target;
let client: TestClient;
let user: TestUser;
beforeAll(async () => {
  target = await inProcess();
  client = await target.addClient();
  user = await target.addUser();
});
afterAll(() => target.stop());

/** A browser in which this person is signed in and has allowed the client to see photos. */
async function knownBrowser(of = client, who = user): Promise<Browser> {
  const browser = new Browser(target.fetch);
  await walk(browser, authorizeUrl(target, of).url, who);
  return browser;
}

async function open(browser: Browser, over: Over, of = client) {
  return browser.open(authorizeUrl(target, of, over).url);
}

function errorOf(left: URL): string | null {
  expect([left.searchParams.get('iss'), left.searchParams.has('code')]).toEqual([target.issuer, false]);
  return left.searchParams.get('error');
}

test('AZ-050: nobody gets a code without a session that a sign-in made', async () => {
  const { url } = authorizeUrl(target, client);
  const real = (await knownBrowser()).cookies.get(sessionCookie) ?? '';
  const middle = Math.floor(real.length / 2);
  const altered = `${real.slice(0, middle)}${real[middle] === 'A' ? 'B' : 'A'}${real.slice(middle + 1)}`;
  for (const cookie of ['', 'x', user.id, altered, real.slice(1), `${real}A`, 'A'.repeat(5000)]) {
    const headers = { cookie: `${sessionCookie}=${cookie}` };
    const response = await target.fetch(new Request(url, { headers, redirect: 'manual' }));
    expect([cookie, response.headers.get('location')]).toEqual([
      cookie,
      expect.stringMatching(/^\/login\?ticket=/),
    ]);
  }
  const headers = { cookie: `${sessionCookie}=${real}` };
  const response = await target.fetch(new Request(url, { headers, redirect: 'manual' }));
  expect(response.headers.get('location')).toContain('?code=');
});

test('AZ-052: prompt=none shows no page: it answers with a code or with the reason why not', async () => {
  const { url, state } = authorizeUrl(target, client, { prompt: 'none' });
  const to = { target, client, state };
  expectRedirectError(await ask(target, url), 'login_required', to);
  const other = await target.addClient();
  const browser = await knownBrowser();
  expect(errorOf(leftFor(await open(browser, { prompt: 'none' }, other)))).toBe('consent_required');
  const more = { prompt: 'none', scope: 'photos:read photos:write' };
  expect(errorOf(leftFor(await open(browser, more)))).toBe('consent_required');
  expect(leftFor(await open(browser, { prompt: 'none' })).searchParams.has('code')).toBe(true);
});

test('AZ-053: none beside another prompt is invalid', async () => {
  const browser = await knownBrowser();
  for (const prompt of ['none login', 'consent none', 'none x', 'none none x'])
    expect([prompt, errorOf(leftFor(await open(browser, { prompt })))]).toEqual([prompt, 'invalid_request']);
  expect(leftFor(await open(browser, { prompt: 'none' })).searchParams.has('code')).toBe(true);
});

test('AZ-054: prompt=login asks for the password in spite of a live session, and the later time is kept', async () => {
  const browser = await knownBrowser();
  target.pass(3_600_000);
  const whenSignedIn = async () => pageOf(await browser.open(`${target.issuer}/account/sessions`)).html;
  expect(await whenSignedIn()).not.toContain('password last entered');
  const { url } = authorizeUrl(target, client, { prompt: 'login' });
  const page = pageOf(await browser.open(url));
  expect(page.html).toContain('id="login-submit"');
  const wrong = pageOf(await browser.click(page, 'login-submit', { username: user.username, password: 'x' }));
  expect([wrong.status, wrong.html.includes('id="login-submit"')]).toEqual([403, true]);
  expect(leftFor(await signInAt(browser, url, user)).searchParams.has('code')).toBe(true);
  expect(await whenSignedIn()).toContain('password last entered');
  expect(pageOf(await browser.open(url)).html).toContain('id="login-submit"');
  expect(leftFor(await open(browser, {})).searchParams.has('code')).toBe(true);
});

test('AZ-055: prompt=consent asks again for what is allowed already, and Cancel takes nothing away', async () => {
  const browser = await knownBrowser();
  const page = pageOf(await open(browser, { prompt: 'consent' }));
  expect(page.html).toContain('You already allow it to:');
  expect(page.html).not.toContain('class="tag"');
  expect(errorOf(leftFor(await browser.click(page, 'consent-deny')))).toBe('access_denied');
  const again = pageOf(await open(browser, { prompt: 'consent' }));
  expect(leftFor(await browser.click(again, 'consent-approve')).searchParams.has('code')).toBe(true);
  expect(leftFor(await open(browser, {})).searchParams.has('code')).toBe(true);
});

test('AZ-054, AZ-055: login and consent together ask for both, once each', async () => {
  const browser = await knownBrowser();
  const signedIn = await signInAt(
    browser,
    authorizeUrl(target, client, { prompt: 'login consent' }).url,
    user,
  );
  const end = await browser.click(pageOf(signedIn), 'consent-approve');
  expect(leftFor(end).searchParams.has('code')).toBe(true);
});

test('AZ-062: a login hint fills the field and signs nobody in', async () => {
  const browser = new Browser(target.fetch);
  const page = pageOf(await open(browser, { login_hint: user.username }));
  expect(page.html).toMatch(new RegExp(`<input id="username"[^>]*value="${user.username}"`));
  expect(browser.cookies.has(sessionCookie)).toBe(false);
  const hostile = pageOf(await open(browser, { login_hint: '" autofocus onfocus="alert(1)' }));
  expect(hostile.html).toContain('value="&quot; autofocus onfocus=&quot;alert(1)"');
  expect(
    leftFor(await open(browser, { prompt: 'none', login_hint: user.username })).searchParams.get('error'),
  ).toBe('login_required');
});

test('AZ-070: the consent page says who asks, for what, where it is good, and where the answer goes', async () => {
  const fresh = await target.addUser();
  const browser = new Browser(target.fetch);
  const { url, state } = authorizeUrl(target, client, { scope: 'photos:read photos:write' });
  const page = pageOf(await signInAt(browser, url, fresh));
  for (const text of [
    'Print Shop',
    'see your photos',
    'add photos to your albums',
    'Photo API',
    fresh.username,
  ])
    expect(page.html).toContain(text);
  expect(page.html).toContain('<code>print.example</code>');
  const denied = leftFor(await browser.click(page, 'consent-deny'));
  expect([errorOf(denied), denied.searchParams.get('state')]).toEqual(['access_denied', state]);
  expect(await target.store.consents.find(fresh.id, client.id)).toBeNull();
  expect(target.events.at(-2)).toMatchObject({ type: 'consent.denied', userId: fresh.id });
  const again = pageOf(await browser.open(url));
  expect(leftFor(await browser.click(again, 'consent-approve')).searchParams.has('code')).toBe(true);
});

test('AZ-070: whoever cancels at sign-in goes back to the app with access_denied, and no session', async () => {
  const browser = new Browser(target.fetch);
  const { url, state } = authorizeUrl(target, client);
  const denied = leftFor(await browser.click(pageOf(await browser.open(url)), 'login-cancel'));
  expect([errorOf(denied), denied.searchParams.get('state')]).toEqual(['access_denied', state]);
  expect(browser.cookies.has(sessionCookie)).toBe(false);
  expect((await walk(browser, url, user)).searchParams.has('code')).toBe(true);
});

test('AZ-071: consent is remembered of a client that is assured, and asked each time of one that is not', async () => {
  const loopback = ['http://127.0.0.1/cb'];
  const clients = [
    [{}, true],
    [{ authenticationMethod: 'none' }, true],
    [{ redirectUris: loopback }, true],
    [{ authenticationMethod: 'none', applicationType: 'native', redirectUris: loopback }, false],
    [
      { authenticationMethod: 'none', applicationType: 'native', redirectUris: ['com.example.app:/cb'] },
      false,
    ],
  ] as const;
  for (const [over, remembered] of clients) {
    const of = await target.addClient(over);
    const browser = await knownBrowser(of);
    const second = await open(browser, {}, of);
    expect([over, 'left' in second]).toEqual([over, remembered]);
    if (!('left' in second)) {
      const end = leftFor(await browser.click(second, 'consent-approve'));
      expect(end.searchParams.has('code')).toBe(true);
      expect(leftFor(await open(browser, { prompt: 'none' }, of)).searchParams.get('error')).toBe(
        'consent_required',
      );
    }
  }
});

test('AZ-071: when a client asks for more, only what is new is marked', async () => {
  const browser = await knownBrowser(client, await target.addUser());
  const page = pageOf(await open(browser, { scope: 'photos:read photos:write' }));
  const [, items = ''] = page.html.split('wants to:');
  const [fresh = '', known = ''] = items.split('You already allow it to:');
  expect(fresh).toContain('add photos to your albums');
  expect(fresh).toContain('New');
  expect(fresh).not.toContain('see your photos');
  expect(known).toContain('see your photos');
  expect(known).not.toContain('class="tag"');
  await browser.click(page, 'consent-approve');
  const less = leftFor(await open(browser, { scope: 'photos:write' }));
  expect(less.searchParams.has('code')).toBe(true);
});

test('AZ-076: two tabs of one browser finish on their own, in either order', async () => {
  const browser = new Browser(target.fetch);
  const tabs = [authorizeUrl(target, client), authorizeUrl(target, await target.addClient())] as const;
  const pages = [pageOf(await browser.open(tabs[0].url)), pageOf(await browser.open(tabs[1].url))] as const;
  const { username, password } = await target.addUser();
  for (const i of [1, 0] as const) {
    const consent = pageOf(await browser.click(pages[i], 'login-submit', { username, password }));
    const end = leftFor(await browser.click(consent, 'consent-approve'));
    expect([end.searchParams.get('state'), end.searchParams.has('code')]).toEqual([tabs[i].state, true]);
  }
});

test('AZ-076: a page that was open too long does nothing, and shows the way to start again', async () => {
  const fresh = await target.addUser();
  const { username, password } = fresh;
  const browser = new Browser(target.fetch);
  const signIn = pageOf(await open(browser, {}));
  target.pass(1_800_000);
  const late = pageOf(await browser.click(signIn, 'login-submit', { username, password }));
  expect([late.status, textOf(late.html, 'error-code')]).toEqual([400, 'interaction_expired']);
  expect(late.html).toContain('href="https://print.example/"');
  expect(late.html).toContain('Start again at Print Shop');
  expect(browser.cookies.has(sessionCookie)).toBe(false);
  const consent = pageOf(await signInAt(browser, authorizeUrl(target, client).url, fresh));
  target.pass(1_800_000);
  const later = pageOf(await browser.click(consent, 'consent-approve'));
  expect([later.status, textOf(later.html, 'error-code')]).toEqual([400, 'interaction_expired']);
  expect(await target.store.consents.find(fresh.id, client.id)).toBeNull();
  expect((await walk(browser, authorizeUrl(target, client).url, fresh)).searchParams.has('code')).toBe(true);
  expectSignIn(target, await ask(target, authorizeUrl(target, client).url));
});
