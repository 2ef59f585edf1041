import { expect, test } from 'vitest';
import { leftFor, pageOf, signInAt } from '../support/authorize.ts';
import { Browser, formWith } from '../support/browser.ts';
import { authorizeUrl, obtainCode, redeem, refresh, walk } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

const sessionCookie = '__Host-vk_session';
const browserCookie = '__Host-vk_browser';

interface Stage {
  readonly target: Target;
  readonly client: TestClient;
  readonly user: TestUser;
}

async function stage(options: Parameters<typeof inProcess>[0] = {}): Promise<Stage> {
  const target = await inProcess(options);
  return { target, client: await target.addClient(), user: await target.addUser() };
}

async function signedIn({ target, client, user }: Stage): Promise<Browser> {
  const browser = new Browser(target.fetch);
  await walk(browser, authorizeUrl(target, client).url, user);
  return browser;
}

/** Whether the server takes this cookie for somebody's. */
async function isAlive({ target }: Stage, cookie: string): Promise<boolean> {
  const request = new Request(`${target.issuer}/account`, {
    headers: { cookie: `${sessionCookie}=${cookie}` },
  });
  const { status } = await target.fetch(new Request(request, { redirect: 'manual' }));
  expect([200, 303]).toContain(status);
  return status === 200;
}

function cookieOf(browser: Browser): string {
  return browser.cookies.get(sessionCookie) ?? expect.unreachable('no session cookie');
}

/** The cookies that are set on the way to a code, whole. */
async function cookieLines({ target, client, user }: Stage): Promise<string[]> {
  const lines: string[] = [];
  const listening = async (request: Request) => {
    const response = await target.fetch(request);
    lines.push(...response.headers.getSetCookie());
    return response;
  };
  await walk(new Browser(listening), authorizeUrl(target, client).url, user);
  return lines;
}

test('SL-001, SL-002, SL-003: over https cookies are __Host-, Secure, HttpOnly, Lax, with a path and no domain', async () => {
  const lines = await cookieLines(await stage());
  expect(lines.map((line) => line.split('=')[0]).toSorted()).toEqual([browserCookie, sessionCookie]);
  for (const line of lines) {
    const attributes = line
      .split('; ')
      .slice(1)
      .map((attribute) => attribute.toLowerCase());
    expect(attributes).toEqual(expect.arrayContaining(['secure', 'httponly', 'path=/', 'samesite=lax']));
    expect(line.toLowerCase()).not.toContain('domain');
  }
});

test('SL-002: over http on loopback, which has to be configured, prefix and Secure are left out', async () => {
  const lines = await cookieLines(await stage({ config: { issuer: 'http://127.0.0.1:9000' } }));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toMatch(/^vk_(session|browser)_9000=/);
    expect(line).toContain('; HttpOnly; SameSite=Lax');
    expect(line).not.toMatch(/secure/i);
  }
  await expect(inProcess({ config: { issuer: 'http://auth.example' } })).rejects.toThrow(/https/);
});

test('SL-003: the session survives the way back from another site by a top-level GET', async () => {
  const at = await stage();
  const browser = await signedIn(at);
  const { url } = authorizeUrl(at.target, at.client);
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  const answer = await browser.follow(url, await browser.send(url, { headers }));
  expect(leftFor(answer).searchParams.has('code')).toBe(true);
});

test('SL-004: the session cookie is new at every sign-in, and the one before is good for nothing', async () => {
  const at = await stage();
  const browser = await signedIn(at);
  const first = cookieOf(browser);
  expect(first.length).toBeGreaterThan(40);
  await signInAt(browser, authorizeUrl(at.target, at.client, { prompt: 'login' }).url, at.user);
  const second = cookieOf(browser);
  expect(second).not.toBe(first);
  expect([await isAlive(at, first), await isAlive(at, second)]).toEqual([false, true]);
});

test('SL-004: a session cookie that was planted before sign-in does not become hers', async () => {
  const at = await stage();
  const attacker = await signedIn({ ...at, user: await at.target.addUser() });
  const planted = cookieOf(attacker);
  const victim = new Browser(async (request) => {
    const headers = new Headers(request.headers);
    const cookie = headers.get('cookie') ?? '';
    if (!cookie.includes(sessionCookie)) headers.set('cookie', `${cookie}; ${sessionCookie}=${planted}`);
    return at.target.fetch(new Request(request, { headers }));
  });
  const login = authorizeUrl(at.target, at.client, { prompt: 'login' }).url;
  await signInAt(victim, login, at.user);
  expect(cookieOf(victim)).not.toBe(planted);
  expect(await isAlive(at, planted)).toBe(false);
  const page = pageOf(await victim.open(`${at.target.issuer}/account`));
  expect(page.html).toContain(at.user.username);
});

test('SL-005: a session ends when it is idle for long, however young', async () => {
  const at = await stage({ config: { lifetimes: { sessionIdle: 600, sessionAbsolute: 3600 } } });
  const idle = cookieOf(await signedIn(at));
  const used = await signedIn(at);
  for (let visits = 0; visits < 3; visits += 1) {
    at.target.pass(400_000);
    const answer = await used.open(authorizeUrl(at.target, at.client).url);
    expect(leftFor(answer).searchParams.has('code')).toBe(true);
  }
  expect([await isAlive(at, idle), await isAlive(at, cookieOf(used))]).toEqual([false, true]);
});

test('SL-005: a session ends at its absolute age, however much used', async () => {
  const at = await stage({ config: { lifetimes: { sessionIdle: 600, sessionAbsolute: 1500 } } });
  const browser = await signedIn(at);
  for (let visits = 0; visits < 3; visits += 1) {
    at.target.pass(499_000);
    pageOf(await browser.open(`${at.target.issuer}/account`));
    expect(await isAlive(at, cookieOf(browser))).toBe(true);
  }
  at.target.pass(5_000);
  expect(await isAlive(at, cookieOf(browser))).toBe(false);
  const again = await walk(browser, authorizeUrl(at.target, at.client).url, at.user);
  expect(again.searchParams.has('code')).toBe(true);
});

test('SL-005: signing out ends the session at the server: the replayed cookie is refused, other browsers stay', async () => {
  const at = await stage();
  const [here, elsewhere] = [await signedIn(at), await signedIn(at)];
  const replayed = cookieOf(here);
  await here.click(pageOf(await here.open(`${at.target.issuer}/logout`)), 'logout-confirm');
  expect(here.cookies.has(sessionCookie)).toBe(false);
  expect([await isAlive(at, replayed), await isAlive(at, cookieOf(elsewhere))]).toEqual([false, true]);
});

test('SL-005: signing out everywhere ends all sessions of this person, and of nobody else', async () => {
  const at = await stage();
  const [here, elsewhere] = [await signedIn(at), await signedIn(at)];
  const eve = await signedIn({ ...at, user: await at.target.addUser() });
  const cookies = [cookieOf(here), cookieOf(elsewhere), cookieOf(eve)];
  const page = pageOf(await here.open(`${at.target.issuer}/account/sessions`));
  await here.click(page, 'sign-out-everywhere');
  expect(await Promise.all(cookies.map((cookie) => isAlive(at, cookie)))).toEqual([false, false, true]);
  expect(await isAlive(at, cookieOf(await signedIn(at)))).toBe(true);
});

test('SL-005: another browser can be signed out from here, but nobody else', async () => {
  const at = await stage();
  const [here, elsewhere] = [await signedIn(at), await signedIn(at)];
  const eve = await signedIn({ ...at, user: await at.target.addUser() });
  const eveSession = /name="session" value="([^"]+)"/.exec(
    pageOf(await eve.open(`${at.target.issuer}/account/sessions`)).html,
  )?.[1];
  const page = pageOf(await here.open(`${at.target.issuer}/account/sessions`));
  await here.click(page, 'end-session-1', { session: eveSession ?? '' });
  expect(await isAlive(at, cookieOf(eve))).toBe(true);
  const rows = page.html.split('<li>').filter((row) => row.includes('id="end-session-'));
  const other = rows.findIndex((row) => !row.includes('This browser')) + 1;
  await here.click(page, `end-session-${other}`);
  expect([await isAlive(at, cookieOf(here)), await isAlive(at, cookieOf(elsewhere))]).toEqual([true, false]);
});

const buttons = [
  ['/account', 'revoke-1'],
  ['/account/sessions', 'end-session-1'],
  ['/account/sessions', 'sign-out-everywhere'],
  ['/logout', 'logout-confirm'],
] as const;

test.each(buttons)('SL-008: the form at %s (#%s) does nothing when it is forged', async (path, id) => {
  const at = await stage();
  const browser = await signedIn(at);
  const eve = await signedIn({ ...at, user: await at.target.addUser() });
  const formOf = async (who: Browser) => formWith(pageOf(await who.open(at.target.issuer + path)).html, id);
  const { action, fields } = await formOf(browser);
  const url = at.target.issuer + action;
  const { ticket = '', ...rest } = fields;
  const evesTicket = (await formOf(eve)).fields.ticket ?? '';
  for (const wrong of [{}, { ticket: '' }, { ticket: ticket.slice(0, -4) }, { ticket: evesTicket }])
    expect((await browser.post(url, { ...rest, ...wrong })).status).toBe(400);
  const body = new URLSearchParams(fields).toString();
  const origins: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
  ];
  for (const from of origins) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...from };
    expect((await browser.send(url, { method: 'POST', body, headers })).status).toBe(400);
  }
  await browser.get(`${url}?${body}`);
  expect(pageOf(await browser.open(`${at.target.issuer}/account`)).html).toContain('id="revoke-1"');
  expect((await browser.post(url, fields)).status).toBe(303);
});

test('SB-034: a person sees the apps she allowed, and disconnecting one ends its tokens at once, and only its', async () => {
  const at = await stage();
  const { target, client, user } = at;
  const [other, eve] = [await target.addClient({ name: 'Frame Shop' }), await target.addUser()];
  const hold = async (of: TestClient, who: TestUser) =>
    (await redeem(target, of, await obtainCode(target, of, who))).body.refresh_token;
  const [mine, others, eves] = [await hold(client, user), await hold(other, user), await hold(client, eve)];
  const browser = await signedIn(at);
  const page = pageOf(await browser.open(`${target.issuer}/account`));
  for (const text of ['Print Shop', 'Frame Shop', 'see your photos']) expect(page.html).toContain(text);
  const rows = page.html.split('<li>').filter((text) => text.includes('id="revoke-'));
  const row = rows.findIndex((text) => text.includes(`value="${client.id}"`)) + 1;
  const after = pageOf(await browser.click(page, `revoke-${row}`));
  expect(after.html).not.toContain(`value="${client.id}"`);
  expect((await refresh(target, client, mine)).body.error).toBe('invalid_grant');
  expect((await refresh(target, other, others)).status).toBe(200);
  expect((await refresh(target, client, eves)).status).toBe(200);
  const again = pageOf(await browser.open(authorizeUrl(target, client).url));
  await browser.click(again, 'consent-approve');
  const connected = pageOf(await browser.open(`${target.issuer}/account`));
  expect(connected.html).toContain(`value="${client.id}"`);
});
