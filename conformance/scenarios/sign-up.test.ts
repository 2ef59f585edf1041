import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, expectRedirectError, expectSignIn, outcomeOf } from '../support/authorize.ts';
import { Browser, formWith, type Page } from '../support/browser.ts';
import { authorizeUrl, introspect, redeem } from '../support/flow.ts';
import { enterPassword, isSignedIn, leftTo, type Place, pageOf, signIn } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient } from '../targets/target.ts';

const password = 'a rather long password';
const trustedProxies = ['192.0.2.1', '127.0.0.1', '::1'];

describeTargets((open) => {
  let target: RestartableTarget;
  let client: TestClient;
  let people = 0;
  beforeAll(async () => {
    target = await open({
      config: {
        features: { signUp: true },
        throttling: { signUp: { limit: 1000 }, address: { limit: 1000 } },
      },
      handler: { trustedProxies },
    });
    client = await target.addClient();
  });
  afterAll(() => target.stop());

  const at = (path: string) => `${target.issuer}${path}`;
  const newcomer = (over: Record<string, string> = {}) => {
    people += 1;
    const fields = {
      username: `newcomer-${people}`,
      name: `Newcomer ${people}`,
      password,
      password_again: password,
    };
    return { ...fields, ...over };
  };
  const create = (over: Record<string, string | undefined> = {}) =>
    authorizeUrl(target, client, { prompt: 'create', ...over });
  const fill = (browser: Browser, page: Place, fields: Record<string, string>) =>
    browser.click(pageOf(page), 'sign-up-submit', fields);
  const users = async () => (await target.store.users.list()).map(({ username }) => username);

  test('AZ-057: prompt=create leads to the form, and a new person through consent to a code of her own', async () => {
    const browser = new Browser(target.fetch);
    const { url, verifier, state } = create();
    const page = pageOf(await browser.open(url));
    expect([new URL(page.url).pathname, page.status]).toEqual(['/sign-up', 200]);
    expect(page.html).toContain(client.record.name);
    const person = newcomer();
    const consent = pageOf(await fill(browser, page, person));
    expect(consent.html).toContain(person.name);
    const answer = leftTo(await browser.click(consent, 'consent-approve'));
    expect(answer.searchParams.get('state')).toBe(state);
    const code = answer.searchParams.get('code') ?? '';
    const tokens = await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
    const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
    const user = await target.store.users.findByUsername(person.username);
    expect(await introspect(target, api, tokens.body.access_token)).toMatchObject({
      active: true,
      sub: user?.id,
    });
    const told = target.events.filter(
      (event) => event.type === 'account.created' && event.userId === user?.id,
    );
    expect(told).toMatchObject([{ address: expect.any(String) }]);
    // The account is one like any other.
    await signIn(new Browser(target.fetch), target, { id: '', username: person.username, password });
  });

  test('AZ-057: whoever is signed in already makes another account, and is that one afterwards', async () => {
    const browser = new Browser(target.fetch);
    const ada = await target.addUser();
    await signIn(browser, target, ada);
    const before = browser.copy();
    const page = pageOf(await browser.open(create().url));
    expect(new URL(page.url).pathname).toBe('/sign-up');
    const person = newcomer();
    const consent = pageOf(await fill(browser, page, person));
    expect([consent.html.includes(person.name), consent.html.includes(ada.username)]).toEqual([true, false]);
    expect(await isSignedIn(before, target)).toBe(false);
  });

  test('AZ-057: the metadata lists create, and a prompt that it does not list is refused', async () => {
    const response = await target.fetch(new Request(at('/.well-known/openid-configuration')));
    const { prompt_values_supported: listed } = (await response.json()) as {
      prompt_values_supported: string[];
    };
    expect(listed.toSorted()).toEqual(['consent', 'create', 'login', 'none', 'select_account']);
    for (const prompt of ['signup', 'create signup', 'Create', 'login x']) {
      const { url, state } = create({ prompt });
      expectRedirectError(await ask(target, url), 'invalid_request', { target, client, state });
    }
    for (const prompt of ['login', 'consent', 'login consent'])
      expectSignIn(target, await ask(target, create({ prompt }).url));
    const { url, state } = create({ prompt: 'none create' });
    expectRedirectError(await ask(target, url), 'invalid_request', { target, client, state });
  });

  test('AZ-057: where it is off create is passed over like any unknown prompt, and there is no form', async () => {
    const off = await open();
    const other = await off.addClient();
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
      const document = await off.fetch(new Request(`${off.issuer}${path}`));
      expect(await document.json()).not.toHaveProperty('prompt_values_supported');
    }
    for (const prompt of ['create', 'signup', 'create login']) {
      const browser = new Browser(off.fetch);
      const page = pageOf(await browser.open(authorizeUrl(off, other, { prompt }).url));
      expect([new URL(page.url).pathname, page.html.includes('sign-up')]).toEqual(['/login', false]);
      const { ticket = '' } = formWith(page.html, 'login-submit').fields;
      expect((await browser.get(`${off.issuer}/sign-up?ticket=${ticket}`)).status).toBe(404);
      expect((await browser.post(`${off.issuer}/sign-up`, { ...newcomer(), ticket })).status).toBe(404);
    }
    expect(await off.store.users.list()).toEqual([]);
    await off.stop();
  });

  test('AZ-057: where OpenID Connect is off nothing is listed, and create is passed over, but for the link', async () => {
    const plain = await open({ config: { features: { signUp: true, openid: false } } });
    const { url } = authorizeUrl(plain, await plain.addClient(), { prompt: 'create signup' });
    const page = pageOf(await new Browser(plain.fetch).open(url));
    expect([new URL(page.url).pathname, linkOf(page, 'create-account').split('?')[0]]).toEqual([
      '/login',
      '/sign-up',
    ]);
    await plain.stop();
  });

  test('AZ-057: the way leads from sign-in to the new account and back, within one request', async () => {
    const browser = new Browser(target.fetch);
    const { url, state } = authorizeUrl(target, client);
    const login = pageOf(await browser.open(url));
    const up = pageOf(await browser.open(at(linkOf(login, 'create-account'))));
    expect(up.html).toContain('id="sign-up-submit"');
    const back = pageOf(await browser.open(at(linkOf(up, 'sign-in'))));
    const again = pageOf(await browser.open(at(linkOf(back, 'create-account'))));
    const consent = pageOf(await fill(browser, again, newcomer()));
    const answer = leftTo(await browser.click(consent, 'consent-approve'));
    expect([answer.searchParams.get('state'), answer.searchParams.has('code')]).toEqual([state, true]);
  });

  test('AZ-057: whoever came for a new account may sign in to the one she has', async () => {
    const browser = new Browser(target.fetch);
    const ada = await target.addUser();
    const up = pageOf(await browser.open(create().url));
    const consent = await enterPassword(browser, await browser.open(at(linkOf(up, 'sign-in'))), ada);
    expect(leftTo(await browser.click(pageOf(consent), 'consent-approve')).searchParams.has('code')).toBe(
      true,
    );
  });

  test('AZ-057: without an app one makes an account for itself, and stands at it', async () => {
    const browser = new Browser(target.fetch);
    const login = pageOf(await browser.open(at('/login')));
    for (const way of [linkOf(login, 'create-account'), '/sign-up']) {
      const own = new Browser(target.fetch);
      const page = way === '/sign-up' ? await own.open(at(way)) : await browser.open(at(way));
      expect(pageOf(page).html).not.toContain('sign-up-cancel');
      const account = pageOf(await fill(way === '/sign-up' ? own : browser, page, newcomer()));
      expect([new URL(account.url).pathname, account.html.includes('Connected apps')]).toEqual([
        '/account',
        true,
      ]);
    }
  });

  test('AZ-057: the login_hint fills the form, and is text on it', async () => {
    const hint = `"><script>alert(1)</script>`;
    const page = pageOf(await new Browser(target.fetch).open(create({ login_hint: hint }).url));
    expect(page.html).not.toContain('<script');
    expect(page.html).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  });

  test('AZ-070: whoever cancels sends the app away, and no account is made', async () => {
    const before = await users();
    const browser = new Browser(target.fetch);
    const { url, state } = create();
    const answer = leftTo(await browser.click(pageOf(await browser.open(url)), 'sign-up-cancel', newcomer()));
    expect([answer.searchParams.get('error'), answer.searchParams.get('state')]).toEqual([
      'access_denied',
      state,
    ]);
    expect([await users(), await isSignedIn(browser, target)]).toEqual([before, false]);
  });

  test('AZ-057, AZ-050: a name that is taken signs nobody in, not even with its own password', async () => {
    const ada = await target.addUser({ password });
    const browser = new Browser(target.fetch);
    let page: Place = await browser.open(create().url);
    for (const username of [ada.username, ada.username.toUpperCase(), ` ${ada.username}`]) {
      page = await fill(browser, page, newcomer({ username }));
      expect([pageOf(page).status, pageOf(page).html.includes('This username is taken.')]).toEqual([
        409,
        true,
      ]);
      expect(await isSignedIn(browser, target)).toBe(false);
    }
    expect((await target.store.users.find(ada.id))?.name).toBe('Ada Lovelace');
    // The form keeps its ticket: with another name it goes on.
    expect(pageOf(await fill(browser, page, newcomer())).html).toContain('id="consent-approve"');
  });

  test('AZ-057: what is wrong with the form is said, what was typed stays, and the password does not', async () => {
    const before = await users();
    const browser = new Browser(target.fetch);
    const page = pageOf(await browser.open(create().url));
    const cases: [Record<string, string>, string][] = [
      [{ password: 'short', password_again: 'short' }, 'at least 12 characters'],
      [{ password: '', password_again: '' }, 'at least 12 characters'],
      [{ password_again: `${password}!` }, 'The two passwords differ.'],
      [{ password_again: '' }, 'The two passwords differ.'],
      [{ name: '' }, 'The name or the username is missing'],
      [{ username: ' ' }, 'The name or the username is missing'],
      [{ username: 'a\u202eb' }, 'The name or the username is missing'],
    ];
    for (const [over, text] of cases) {
      const person = newcomer(over);
      const again = pageOf(await fill(browser, page, person));
      expect([over, again.status, again.html.includes(text)]).toEqual([over, 422, true]);
      expect(again.html).not.toContain(password);
      if (over.name === undefined) expect(again.html).toContain(`value="${person.name}"`);
    }
    expect([await users(), await isSignedIn(browser, target)]).toEqual([before, false]);
  });

  test('AZ-073, SL-008: a form that another site posts, or that belongs to another browser, makes no account', async () => {
    const before = await users();
    const victim = new Browser(target.fetch);
    const page = pageOf(await victim.open(create().url));
    const { fields } = formWith(page.html, 'sign-up-submit');
    const filled = { ...fields, ...newcomer() };
    const origins: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example' },
    ];
    for (const headers of origins) {
      const forged = await victim.send(at('/sign-up'), {
        method: 'POST',
        body: `${new URLSearchParams(filled)}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });
      expect([headers, forged.status, forged.headers.getSetCookie()]).toEqual([headers, 400, []]);
    }
    const stranger = pageOf(await new Browser(target.fetch).open(create().url));
    const theirs = formWith(stranger.html, 'sign-up-submit').fields.ticket ?? '';
    for (const ticket of ['', 'vkt1_AAAAAAAAAAAA', theirs]) {
      const forged = await outcomeOf(target, await victim.post(at('/sign-up'), { ...filled, ticket }));
      expect([forged.status, forged.headers.getSetCookie()]).toEqual([400, []]);
    }
    expect((await victim.get(at(`/sign-up?ticket=${theirs}`))).status).toBe(400);
    expect([await users(), await isSignedIn(victim, target)]).toEqual([before, false]);
  });

  test('AZ-076: the form that was open too long makes no account', async () => {
    const browser = new Browser(target.fetch);
    const page = pageOf(await browser.open(create().url));
    const before = await users();
    target.pass(1_800_000);
    const late = pageOf(await fill(browser, page, newcomer()));
    expect([late.status, late.html.includes('interaction_expired')]).toEqual([400, true]);
    expect(await users()).toEqual(before);
  });

  test('SB-026, AZ-075: so many accounts from one address or IPv6 network, then it waits', async () => {
    const limited = await open({
      config: { features: { signUp: true }, throttling: { signUp: { limit: 2, windowSeconds: 60 } } },
      handler: { trustedProxies },
    });
    const attempt = async (address: string) => {
      const browser = new Browser(limited.fetch, { 'x-forwarded-for': address });
      return pageOf(await fill(browser, await browser.open(`${limited.issuer}/sign-up`), newcomer()));
    };
    for (const [first, second, third, other] of [
      ['203.0.113.7', '203.0.113.7', '203.0.113.7', '203.0.113.8'],
      ['2001:db8::1', '2001:db8::2', '2001:db8::ffff:1', '2001:db8:0:1::1'],
    ] as const) {
      expect([(await attempt(first)).status, (await attempt(second)).status]).toEqual([200, 200]);
      const late = await attempt(third);
      expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true]);
      expect(late.html).toContain('There were too many tries.');
      expect((await attempt(other)).status).toBe(200);
    }
    limited.pass(61_000);
    expect((await attempt('203.0.113.7')).status).toBe(200);
    expect(await limited.store.users.list()).toHaveLength(7);
    await limited.stop();
  });

  test('SB-026: tries to sign in from one IPv6 network count together', async () => {
    const limited = await open({
      config: { throttling: { address: { limit: 2, windowSeconds: 60 } } },
      handler: { trustedProxies },
    });
    const ada = await limited.addUser();
    const attempt = async (address: string) => {
      const browser = new Browser(limited.fetch, { 'x-forwarded-for': address });
      return pageOf(await enterPassword(browser, await browser.open(`${limited.issuer}/login`), ada, 'wrong'))
        .status;
    };
    const network = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:9::', '2001:db8:0:1::'];
    const statuses = [];
    for (const address of network) statuses.push(await attempt(address));
    expect(statuses).toEqual([403, 403, 429, 403]);
    await limited.stop();
  });

  test('SB-035: of many who want one name at once one gets it, and nobody else is signed in', async () => {
    const username = newcomer().username;
    const browsers = Array.from({ length: 5 }, () => new Browser(target.fetch));
    const statuses = await Promise.all(
      browsers.map(async (browser) => {
        const page = await browser.open(at('/sign-up'));
        return pageOf(await fill(browser, page, newcomer({ username }))).status;
      }),
    );
    expect(statuses.toSorted()).toEqual([200, 409, 409, 409, 409]);
    const signedIn = await Promise.all(browsers.map((browser) => isSignedIn(browser, target)));
    expect(signedIn.filter(Boolean)).toHaveLength(1);
  });
});

/** Where a link of the page leads. */
function linkOf(page: Page, id: string): string {
  const href = new RegExp(`id="${id}"[^>]* href="([^"]*)"`).exec(page.html)?.[1];
  return href?.replaceAll('&amp;', '&') ?? expect.unreachable(`no #${id} in\n${page.html}`);
}
