import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, formWith, type Page } from '../support/browser.ts';
import { authorizeUrl, obtainCode, redeem, walk } from '../support/flow.ts';
import { enterPassword, isSignedIn, leftTo, pageOf, signIn } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const minute = 60_000;
const day = 86_400_000;

/** What a page says, without what differs by nature: the name typed, and the ticket. */
function said({ status, html }: Page): [number, string] {
  return [status, html.replaceAll(/value="[^"]*"/g, '').replaceAll(/\s+/g, ' ')];
}

describeTargets((open) => {
  let target: RestartableTarget;
  let client: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    target = await open({
      config: { throttling: { account: { limit: 5, windowSeconds: 900 }, address: { limit: 1000 } } },
      handler: { trustedProxies: ['192.0.2.1', '127.0.0.1', '::1'] },
    });
    client = await target.addClient();
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  const openLogin = async (browser: Browser) => pageOf(await browser.open(`${target.issuer}/login`));

  test('AZ-050: there is no code without a sign-in, whatever is opened or posted', async () => {
    const browser = new Browser(target.fetch);
    const { url, state } = authorizeUrl(target, client);
    const login = pageOf(await browser.open(url));
    const { ticket = '' } = formWith(login.html, 'login-submit').fields;
    const attempts = [
      await browser.get(`${target.issuer}/consent?ticket=${ticket}`),
      await browser.post(`${target.issuer}/consent`, { ticket, decision: 'approve' }),
      await browser.post(`${target.issuer}/login`, { ticket, action: 'sign-in' }),
      await browser.post(`${target.issuer}/login`, { ticket, username: user.username }),
      await browser.post(`${target.issuer}/login`, { ticket, username: user.username, password: '' }),
      await browser.get(`${url}&login_hint=${user.username}&acr_values=0&ui_locales=en`),
    ];
    for (const { status, headers } of attempts) {
      expect([303, 403]).toContain(status);
      if (status === 303) expect(headers.get('location')).toMatch(/^\/login\?ticket=/);
    }
    expect(await isSignedIn(browser, target)).toBe(false);
    expect(target.events.filter(({ type }) => type === 'code.issued')).toEqual([]);
    const answer = await walk(browser, url, user);
    expect([answer.searchParams.get('state'), answer.searchParams.has('code')]).toEqual([state, true]);
  });

  test('AZ-050: the name may be typed in another case or width, the password may not', async () => {
    const eva = await target.addUser({ username: 'eva@print.example', password: 'Straße 7 nach Hause' });
    for (const username of ['EVA@print.example', ' eva@PRINT.example ', 'ｅｖａ@print.example'])
      await signIn(new Browser(target.fetch), target, { ...eva, username });
    const browser = new Browser(target.fetch);
    for (const password of ['straße 7 nach hause', ' Straße 7 nach Hause', 'Strasse 7 nach Hause'])
      expect(pageOf(await enterPassword(browser, await openLogin(browser), eva, password)).status).toBe(403);
    await signIn(browser, target, eva);
  });

  test('AZ-075, SB-026: an account that was tried too often has to wait, known or not, and no other account', async () => {
    const browser = new Browser(target.fetch);
    const known = await target.addUser();
    const unknown = { ...known, username: `${known.username}-not` };
    const afterTries = async (who: TestUser) => {
      for (let tries = 0; tries < 5; tries += 1) {
        const refused = pageOf(await enterPassword(browser, await openLogin(browser), who, `wrong ${tries}`));
        expect(refused.status).toBe(403);
      }
      return pageOf(await enterPassword(browser, await openLogin(browser), who));
    };
    const [first, second] = [await afterTries(known), await afterTries(unknown)];
    expect(first.status).toBe(429);
    const wait = Number(first.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(900);
    const words = (page: Page) =>
      said(page)[1]
        .replaceAll(/at .*?\./g, '')
        .replaceAll(/\d+ (minute|second)s?/g, '');
    expect([second.status, words(second)]).toEqual([429, words(first)]);
    await signIn(new Browser(target.fetch), target, user);
    target.pass(15 * minute + 1000);
    await signIn(browser, target, known);
  });

  test('AZ-075, SB-035: of twenty guesses at once no more are judged than the limit allows', async () => {
    const eve = await target.addUser();
    const browser = new Browser(target.fetch);
    const page = await openLogin(browser);
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, i) => enterPassword(browser, page, eve, `guess ${i}`)),
    );
    const judged = guesses.filter((guess) => pageOf(guess).status === 403);
    expect([judged.length, guesses.length - judged.length]).toEqual([5, 15]);
    for (const guess of guesses) expect([403, 429]).toContain(pageOf(guess).status);
  });

  test('SL-004: a cookie from before the sign-in is nobody afterwards, and each sign-in makes a new one', async () => {
    const browser = new Browser(target.fetch);
    await signIn(browser, target, user);
    const before = browser.copy();
    const session = (of: Browser) => [...of.cookies].find(([name]) => name.includes('vk_session'))?.[1];
    expect(await isSignedIn(before, target)).toBe(true);
    await signIn(browser, target, user);
    expect(session(browser)).not.toBe(session(before));
    expect([await isSignedIn(browser, target), await isSignedIn(before, target)]).toEqual([true, false]);
  });

  test('SL-004: a session cookie that somebody planted is not taken over by the sign-in', async () => {
    const [thief, victim] = [new Browser(target.fetch), new Browser(target.fetch)];
    const mallory = await target.addUser();
    await signIn(thief, target, mallory);
    const planted = thief.copy();
    await signIn(planted, target, user);
    expect(await isSignedIn(planted, target)).toBe(true);
    // The session of the one before has ended with it.
    expect(await isSignedIn(thief, target)).toBe(false);
    const ended = target.events.filter(
      (event) => event.type === 'session.ended' && event.userId === mallory.id,
    );
    expect(ended.length).toBe(1);
    await signIn(victim, target, user);
    const altered = new Browser(target.fetch, {
      cookie: [...victim.cookies].map(([name, value]) => `${name}=${flipped(value)}`).join('; '),
    });
    expect(await isSignedIn(altered, target)).toBe(false);
    expect(await isSignedIn(victim, target)).toBe(true);
  });

  test('SL-005: a session ends two days after the last visit, and use keeps it alive', async () => {
    const browser = new Browser(target.fetch);
    await signIn(browser, target, user);
    for (let visits = 0; visits < 3; visits += 1) {
      target.pass(day + 12 * 60 * minute);
      expect(pageOf(await browser.open(`${target.issuer}/account`)).html).toContain('Connected apps');
    }
    target.pass(2 * day);
    expect(await isSignedIn(browser, target)).toBe(false);
    const silent = authorizeUrl(target, client, { prompt: 'none' });
    const answer = leftTo(await browser.open(silent.url));
    expect([answer.searchParams.get('error'), answer.searchParams.get('state')]).toEqual([
      'login_required',
      silent.state,
    ]);
    await signIn(browser, target, user);
  });

  test('SL-005: a session ends after fourteen days, however often it is used', async () => {
    const browser = new Browser(target.fetch);
    await signIn(browser, target, user);
    for (let days = 1; days < 14; days += 1) {
      target.pass(day);
      await browser.open(`${target.issuer}/account/sessions`);
    }
    expect(await isSignedIn(browser, target)).toBe(true);
    target.pass(day);
    expect(await isSignedIn(browser, target)).toBe(false);
  });

  test('SL-005: a session ends at once with the account or a new password', async () => {
    const eve = await target.addUser();
    const browser = new Browser(target.fetch);
    await signIn(browser, target, eve);
    const { passwordHash } = (await target.store.users.find(user.id)) ?? {};
    await target.store.users.setPassword({ id: eve.id, passwordHash: passwordHash ?? '', endGrants: false });
    expect(await isSignedIn(browser, target)).toBe(false);
    await signIn(browser, target, { ...eve, password: user.password });
    await target.store.users.setDisabled({ id: eve.id, disabledAt: target.now() });
    expect(await isSignedIn(browser, target)).toBe(false);
    expect(pageOf(await enterPassword(browser, await openLogin(browser), eve)).status).toBe(403);
  });

  test('AZ-076: what was begun before a restart is finished after it, and sessions and codes outlive it', async () => {
    const browser = new Browser(target.fetch);
    const { url, verifier } = authorizeUrl(target, client, { prompt: 'consent' });
    const login = await browser.open(url);
    await target.restart();
    const consent = await enterPassword(browser, login, user);
    await target.restart();
    const answer = leftTo(await browser.click(pageOf(consent), 'consent-approve'));
    await target.restart();
    const code = answer.searchParams.get('code') ?? '';
    const tokens = await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
    expect(tokens.status).toBe(200);
    expect(await isSignedIn(browser, target)).toBe(true);
  });

  test('AZ-073, SL-008: a sign-in form that another site posts signs nobody in', async () => {
    const victim = new Browser(target.fetch);
    const page = await openLogin(victim);
    const { fields } = formWith(page.html, 'login-submit');
    const filled = { ...fields, username: user.username, password: user.password };
    const origins: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example' },
      { origin: `${target.issuer}.evil.example` },
    ];
    for (const headers of origins) {
      const forged = await victim.send(`${target.issuer}/login`, {
        method: 'POST',
        body: `${new URLSearchParams(filled)}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });
      expect([headers, forged.status, forged.headers.getSetCookie()]).toEqual([headers, 400, []]);
    }
    for (const ticket of ['', 'vkt1_AAAAAAAAAAAA', flipped(fields.ticket ?? '')]) {
      const forged = await victim.post(`${target.issuer}/login`, { ...filled, ticket });
      expect([forged.status, forged.headers.getSetCookie()]).toEqual([400, []]);
    }
    // The attacker's own form, in the victim's browser, would sign the victim in as the attacker.
    const theirs = formWith((await openLogin(new Browser(target.fetch))).html, 'login-submit').fields;
    const forged = await victim.post(`${target.issuer}/login`, { ...filled, ...theirs });
    expect([forged.status, forged.headers.getSetCookie()]).toEqual([400, []]);
    expect(await isSignedIn(victim, target)).toBe(false);
    const own = await victim.click(page, 'login-submit', {
      username: user.username,
      password: user.password,
    });
    expect(new URL(pageOf(own).url).pathname).toBe('/account');
  });

  test('SB-023, SB-026: the address a try is counted for is the one behind the configured proxy', async () => {
    const limited = await open({
      config: { throttling: { account: { limit: 100 }, address: { limit: 3, windowSeconds: 60 } } },
      handler: { trustedProxies: ['192.0.2.1', '127.0.0.0/8', '::1'] },
    });
    const owner = await limited.addUser();
    const from = (address: string) => new Browser(limited.fetch, { 'x-forwarded-for': address });
    const attempt = async (address: string, password: string, who = owner) => {
      const browser = from(address);
      const place = await enterPassword(
        browser,
        await browser.open(`${limited.issuer}/login`),
        who,
        password,
      );
      return pageOf(place).status;
    };
    for (let tries = 0; tries < 3; tries += 1) expect(await attempt('203.0.113.7', 'wrong')).toBe(403);
    expect(await attempt('203.0.113.7', owner.password)).toBe(429);
    expect(await attempt('203.0.113.7', owner.password, await limited.addUser())).toBe(429);
    // Whoever stands before the proxy may write what they like to the left.
    expect(await attempt('198.51.100.1, 203.0.113.7', owner.password)).toBe(429);
    expect(await attempt('203.0.113.8', owner.password)).toBe(200);
    limited.pass(minute + 1000);
    expect(await attempt('203.0.113.7', owner.password)).toBe(200);
    await limited.stop();
  });

  test('SB-023: without a configured proxy nobody moves to another address by naming one', async () => {
    const bare = await open({ config: { throttling: { address: { limit: 3, windowSeconds: 60 } } } });
    const owner = await bare.addUser();
    const attempt = async (headers: Record<string, string>, password: string) => {
      const browser = new Browser(bare.fetch, headers);
      return pageOf(await enterPassword(browser, await browser.open(`${bare.issuer}/login`), owner, password))
        .status;
    };
    const spoofed = ['1.1.1.1', '2.2.2.2', '127.0.0.1'].map((address) => ({
      'x-forwarded-for': address,
      'x-real-ip': address,
      forwarded: `for=${address}`,
    }));
    for (const headers of spoofed) expect(await attempt(headers, 'wrong')).toBe(403);
    expect(await attempt({ 'x-forwarded-for': '3.3.3.3' }, owner.password)).toBe(429);
    const told = bare.events.flatMap((event) => (event.type === 'sign_in.failed' ? [event.address] : []));
    expect(new Set(told).size).toBe(1);
    await bare.stop();
  });

  test('SB-033: each try is told once, with who, whence and why', async () => {
    const eve = await target.addUser();
    const before = target.events.length;
    const browser = new Browser(target.fetch);
    await enterPassword(browser, await openLogin(browser), eve, 'wrong');
    await signIn(browser, target, eve);
    const told = target.events.slice(before).filter(({ type }) => type.startsWith('sign_in.'));
    expect(told).toMatchObject([
      { type: 'sign_in.failed', account: eve.username, why: 'wrong_password', address: expect.any(String) },
      {
        type: 'sign_in.succeeded',
        userId: eve.id,
        sessionId: expect.any(String),
        address: expect.any(String),
      },
    ]);
  });

  test('SL-005: after all of this a plain flow still works', async () => {
    expect((await redeem(target, client, await obtainCode(target, client, user))).status).toBe(200);
  });
});

/** The same value with one letter changed in its middle. */
function flipped(value: string): string {
  const at = Math.floor(value.length / 2);
  return value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
}
