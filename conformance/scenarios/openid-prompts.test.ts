import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRedirectError, expectStillWorks, outcomeOf } from '../support/authorize.ts';
import { Browser, formWith, textOf } from '../support/browser.ts';
import { authorizeUrl } from '../support/flow.ts';
import { addOpenIdClient, redeemAnswer, signInWith, silently } from '../support/openid.ts';
import { enterPassword, isSignedIn, leftTo, pageOf } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

type Over = Record<string, string | undefined>;

describeTargets((open) => {
  let at: RestartableTarget;
  let ada: TestUser;
  beforeAll(async () => {
    at = await open({ config: { throttling: { address: { limit: 10_000 } } } });
    ada = await at.addUser();
  });
  afterAll(() => at.stop());

  /** A browser at which somebody is signed in who has allowed the client everything, and when she signed in. */
  async function stage(over: Partial<TestClient['record']> = {}, user = ada) {
    const client = await addOpenIdClient(at, over);
    const browser = new Browser(at.fetch);
    const { claims } = await signInWith(at, { client, user, browser });
    return { client, browser, signedInAt: Number(claims.auth_time) };
  }

  const urlOf = (client: TestClient, over: Over) => authorizeUrl(at, client, { scope: 'openid', ...over });

  /** The request is answered with an error, and with no page. */
  async function expectError(
    client: TestClient,
    error: string,
    { browser, over }: { browser: Browser; over: Over },
  ) {
    const { url, state } = urlOf(client, over);
    const outcome = await outcomeOf(at, await browser.get(url));
    expectRedirectError(outcome, error, { target: at, client, state });
  }

  /** The request is answered with a code, and with no page: what the ID token says. */
  async function silentClaims(client: TestClient, browser: Browser, over: Over = {}) {
    return (await redeemAnswer(at, client, await silently(at, client, { browser, over }))).claims;
  }

  /** The request is answered once the person has typed her password again: what the ID token says. */
  async function claimsAfterLogin(
    client: TestClient,
    browser: Browser,
    { over, user = ada }: { over: Over; user?: TestUser },
  ) {
    const { url, verifier } = urlOf(client, over);
    const login = pageOf(await browser.open(url));
    expect(new URL(login.url).pathname).toBe('/login');
    const answer = leftTo(await enterPassword(browser, login, user));
    return (await redeemAnswer(at, client, { answer, verifier })).claims;
  }

  test('AZ-052: prompt=none without a session is login_required, and nobody is signed in by it', async () => {
    const client = await addOpenIdClient(at);
    const browser = new Browser(at.fetch);
    const over = { prompt: 'none', login_hint: ada.username };
    await expectError(client, 'login_required', { browser, over });
    expect(await isSignedIn(browser, at)).toBe(false);
    await expectStillWorks(at, client, ada);
  });

  test('AZ-052: prompt=none with a session is answered without a page, until consent is needed', async () => {
    const { client, browser } = await stage();
    expect((await silentClaims(client, browser, { prompt: 'none' })).sub).toBe(ada.id);
    const over = { prompt: 'none', scope: 'openid email' };
    await expectError(client, 'consent_required', { browser, over });
    const other = await addOpenIdClient(at);
    await expectError(other, 'consent_required', { browser, over: { prompt: 'none' } });
    expect((await silentClaims(client, browser, { prompt: 'none' })).sub).toBe(ada.id);
  });

  test('AZ-052: once the session has ended prompt=none is login_required', async () => {
    const { client, browser } = await stage();
    const restored = browser.copy();
    await browser.click(pageOf(await browser.open(`${at.issuer}/logout`)), 'logout-confirm');
    for (const each of [browser, restored])
      await expectError(client, 'login_required', { browser: each, over: { prompt: 'none' } });
  });

  test.each(['none login', 'none consent', 'login none', 'none select_account', 'none unknown'])(
    'AZ-053: prompt=%s is refused',
    async (prompt) => {
      const { client, browser } = await stage();
      await expectError(client, 'invalid_request', { browser, over: { prompt } });
      await expectError(client, 'invalid_request', { browser: new Browser(at.fetch), over: { prompt } });
      expect((await silentClaims(client, browser, { prompt: 'none' })).sub).toBe(ada.id);
    },
  );

  test('AZ-054: prompt=login asks for the password although a session lives; the session goes on, and auth_time moves', async () => {
    const { client, browser, signedInAt } = await stage();
    at.pass(20_000);
    expect((await silentClaims(client, browser)).auth_time).toBe(signedInAt);
    const { auth_time: again } = await claimsAfterLogin(client, browser, { over: { prompt: 'login' } });
    expect(again).toBeGreaterThanOrEqual(signedInAt + 20);
    expect((await silentClaims(client, browser, { prompt: 'none' })).auth_time).toBe(again);
  });

  test('AZ-054: a wrong password and a cancelled sign-in give no code, and the session is as it was', async () => {
    const { client, browser, signedInAt } = await stage();
    at.pass(5000);
    const login = pageOf(await browser.open(urlOf(client, { prompt: 'login' }).url));
    const wrong = pageOf(await enterPassword(browser, login, ada, 'wrong'));
    expect(wrong.status).toBe(403);
    const cancelled = leftTo(await browser.click(wrong, 'login-cancel'));
    expect(cancelled.searchParams.get('error')).toBe('access_denied');
    expect((await silentClaims(client, browser, { prompt: 'none' })).auth_time).toBe(signedInAt);
  });

  test.each([{ prompt: 'login' }, { max_age: '0' }])(
    'AZ-054, AZ-058: a sign-in of somebody else is none of the person whose session was there before (%o)',
    async (over) => {
      const { client, browser, signedInAt } = await stage();
      at.pass(60_000);
      const eve = await at.addUser();
      const [binding] = [...browser.cookies].filter(([name]) => name.includes('vk_browser'));
      const beside = new Browser(at.fetch, { cookie: (binding ?? []).join('=') });
      const { url, state } = urlOf(client, over);
      const login = pageOf(await beside.open(url));
      const { action, fields } = formWith(login.html, 'login-submit');
      const form = { ...fields, username: eve.username, password: eve.password };
      const next = await beside.post(new URL(action, login.url).href, form);
      const hers = new URL(next.headers.get('location') ?? '', login.url);
      expect(hers.pathname).toBe('/consent');
      const answer = leftTo(await browser.click(pageOf(await browser.open(hers.href)), 'consent-approve'));
      expect([answer.searchParams.get('error'), answer.searchParams.get('code')]).toEqual([
        'login_required',
        null,
      ]);
      expect(answer.searchParams.get('state')).toBe(state ?? null);
      expect((await silentClaims(client, browser, { prompt: 'none' })).auth_time).toBe(signedInAt);
    },
  );

  test('AZ-054, AZ-055: with prompt="login consent" both are asked for, one after the other', async () => {
    const { client, browser } = await stage();
    const { url } = urlOf(client, { prompt: 'login consent' });
    const consent = pageOf(await enterPassword(browser, await browser.open(url), ada));
    expect(new URL(consent.url).pathname).toBe('/consent');
    expect(leftTo(await browser.click(consent, 'consent-approve')).searchParams.has('code')).toBe(true);
  });

  test('AZ-055: prompt=consent asks again although consent is stored; a refusal is access_denied', async () => {
    const { client, browser, signedInAt } = await stage();
    for (const [button, name, value] of [
      ['consent-deny', 'error', 'access_denied'],
      ['consent-approve', 'code', expect.any(String)],
    ] as const) {
      const page = pageOf(await browser.open(urlOf(client, { prompt: 'consent' }).url));
      expect(new URL(page.url).pathname).toBe('/consent');
      expect(leftTo(await browser.click(page, button)).searchParams.get(name)).toEqual(value);
    }
    expect((await silentClaims(client, browser, { prompt: 'none' })).auth_time).toBe(signedInAt);
  });

  test('AZ-055: prompt=consent asks also where consent goes without saying', async () => {
    const { client, browser } = await stage({ consent: 'implied' });
    expect((await silentClaims(client, browser)).sub).toBe(ada.id);
    const page = pageOf(await browser.open(urlOf(client, { prompt: 'consent' }).url));
    expect(new URL(page.url).pathname).toBe('/consent');
  });

  test('AZ-056: prompt=select_account shows who is there, and goes on with her or with somebody else', async () => {
    const { client, browser, signedInAt } = await stage();
    const bob = await at.addUser({ name: 'Bob Babbage' });
    const ask = async () => {
      const { url, verifier } = urlOf(client, { prompt: 'select_account' });
      const page = pageOf(await browser.open(url));
      expect(page.html).toContain('Ada Lovelace');
      return { page, verifier };
    };
    const same = await ask();
    const answer = leftTo(await browser.click(same.page, 'account-continue'));
    const { claims } = await redeemAnswer(at, client, { answer, verifier: same.verifier });
    expect([claims.sub, claims.auth_time]).toEqual([ada.id, signedInAt]);
    const cancelled = leftTo(await browser.click((await ask()).page, 'login-cancel'));
    expect(cancelled.searchParams.get('error')).toBe('access_denied');
    const other = await ask();
    const login = pageOf(await browser.click(other.page, 'account-other'));
    const consent = await enterPassword(browser, login, bob);
    const toBob = leftTo(await browser.click(pageOf(consent), 'consent-approve'));
    const told = await redeemAnswer(at, client, { answer: toBob, verifier: other.verifier });
    expect(told.claims.sub).toBe(bob.id);
  });

  test('AZ-056: where nobody is signed in prompt=select_account is a sign-in', async () => {
    const client = await addOpenIdClient(at, { consent: 'implied' });
    const claims = await claimsAfterLogin(client, new Browser(at.fetch), {
      over: { prompt: 'select_account' },
    });
    expect(claims.sub).toBe(ada.id);
  });

  test('AZ-057: prompts that nobody knows, or that are off, are passed over', async () => {
    const { client, browser } = await stage();
    for (const prompt of ['unknown', 'create', 'LOGIN', 'unknown create'])
      expect((await silentClaims(client, browser, { prompt })).sub).toBe(ada.id);
  });

  test('AZ-058: a session older than max_age needs a new sign-in, which moves auth_time; a younger one does not', async () => {
    const { client, browser, signedInAt } = await stage();
    at.pass(60_000);
    expect((await silentClaims(client, browser, { max_age: '90' })).auth_time).toBe(signedInAt);
    await expectError(client, 'login_required', { browser, over: { max_age: '30', prompt: 'none' } });
    const { auth_time: again } = await claimsAfterLogin(client, browser, { over: { max_age: '30' } });
    expect(again).toBeGreaterThanOrEqual(signedInAt + 60);
    expect((await silentClaims(client, browser, { max_age: '30', prompt: 'none' })).auth_time).toBe(again);
  });

  test('AZ-058: with max_age=0 the person always signs in, and prompt=none cannot be met', async () => {
    const { client, browser, signedInAt } = await stage();
    await expectError(client, 'login_required', { browser, over: { max_age: '0', prompt: 'none' } });
    at.pass(2000);
    const { auth_time: again } = await claimsAfterLogin(client, browser, { over: { max_age: '0' } });
    expect(again).toBeGreaterThanOrEqual(signedInAt + 2);
    await expectError(client, 'login_required', { browser, over: { max_age: '0', prompt: 'none' } });
    expect((await silentClaims(client, browser, { prompt: 'none' })).auth_time).toBe(again);
  });

  test('AZ-058: whoever takes her time to sign in and to consent is not asked again', async () => {
    const { client, browser } = await stage();
    at.pass(60_000);
    const { url } = urlOf(client, { max_age: '1', prompt: 'consent' });
    const login = pageOf(await browser.open(url));
    at.pass(60_000);
    const consent = pageOf(await enterPassword(browser, login, ada));
    at.pass(60_000);
    expect(leftTo(await browser.click(consent, 'consent-approve')).searchParams.has('code')).toBe(true);
  });

  test('AZ-058: default_max_age counts where the request names none', async () => {
    for (const defaultMaxAge of [30, 0]) {
      const { client, browser, signedInAt } = await stage({ openid: { defaultMaxAge } });
      at.pass(60_000);
      await expectError(client, 'login_required', { browser, over: { prompt: 'none' } });
      expect((await silentClaims(client, browser, { max_age: '3600' })).auth_time).toBe(signedInAt);
      const { auth_time: again } = await claimsAfterLogin(client, browser, { over: {} });
      expect(again).toBeGreaterThanOrEqual(signedInAt + 60);
    }
  });

  test.each(['-1', '1.5', 'soon', '1e3', '0x10', ' 5', '+5', '99999999999'])(
    'AZ-058: max_age=%s is refused',
    async (maxAge) => {
      const { client, browser } = await stage();
      await expectError(client, 'invalid_request', { browser, over: { max_age: maxAge } });
      expect((await silentClaims(client, browser, { max_age: '3600' })).sub).toBe(ada.id);
    },
  );

  test('AZ-062: login_hint fills in the name, escaped and cut to a sensible length, and signs nobody in', async () => {
    const client = await addOpenIdClient(at);
    const browser = new Browser(at.fetch);
    const hostile = '"><script>alert(1)</script>&amp;\'';
    for (const [hint, shown] of [
      [ada.username, ada.username],
      [hostile, '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;&#39;'],
      ['x'.repeat(5000), 'x'.repeat(256)],
    ] as const) {
      const page = pageOf(await browser.open(urlOf(client, { login_hint: hint }).url));
      expect(/id="username"[^>]* value="([^"]*)"/.exec(page.html)?.[1]).toBe(shown);
      expect(page.html).not.toContain('<script');
      expect(await isSignedIn(browser, at)).toBe(false);
    }
    const { url, verifier } = urlOf(client, { login_hint: hostile });
    const consent = await enterPassword(browser, await browser.open(url), ada);
    const answer = leftTo(await browser.click(pageOf(consent), 'consent-approve'));
    expect((await redeemAnswer(at, client, { answer, verifier })).claims.sub).toBe(ada.id);
  });

  test('AZ-066: display, ui_locales and claims_locales never cause an error, whatever their value', async () => {
    const { client, browser } = await stage();
    for (const value of ['page', 'popup', 'wap', 'xx-nonsense', 'de en', '"<b>', '%', '☃', '-'.repeat(300)]) {
      const over = { display: value, ui_locales: value, claims_locales: value };
      expect((await silentClaims(client, browser, { ...over, prompt: 'none' })).sub).toBe(ada.id);
      const page = pageOf(await new Browser(at.fetch).open(urlOf(client, over).url));
      expect([page.status, textOf(page.html, 'error-code')]).toEqual([200, undefined]);
    }
  });
});

describeTargets((open) => {
  test('AZ-057: where the prompts on offer are published, one that is not among them is refused', async () => {
    const at = await open({ config: { features: { signUp: true } } });
    const answer = await at.fetch(new Request(`${at.issuer}/.well-known/openid-configuration`));
    const { prompt_values_supported: offered } = (await answer.json()) as Record<string, string[]>;
    expect(offered).toEqual(['none', 'login', 'consent', 'select_account', 'create']);
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const { url, state } = authorizeUrl(at, client, { scope: 'openid', prompt: 'login unknown' });
    const outcome = await outcomeOf(at, await new Browser(at.fetch).get(url));
    expectRedirectError(outcome, 'invalid_request', { target: at, client, state });
    await expectStillWorks(at, client, user);
    await at.stop();
  });
});
