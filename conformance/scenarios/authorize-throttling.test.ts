import { expect, test } from 'vitest';
import { leftFor, pageOf } from '../support/authorize.ts';
import { Browser, type Page } from '../support/browser.ts';
import { authorizeUrl, walk } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TestClient } from '../targets/target.ts';

const sessionCookie = '__Host-vk_session';

/** Tries one password in a browser of its own, from an address if the target believes it. */
async function tryPassword(
  { target, client, from = '198.51.100.1' }: { target: Target; client: TestClient; from?: string },
  username: string,
  password: string,
): Promise<Page & { readonly signedIn: boolean }> {
  const browser = new Browser(target.fetch, { 'x-forwarded-for': from });
  const signIn = pageOf(await browser.open(authorizeUrl(target, client).url));
  const next = await browser.click(signIn, 'login-submit', { username, password });
  const page = 'left' in next ? { ...signIn, url: next.left.href } : next;
  return { ...page, signedIn: browser.cookies.has(sessionCookie) };
}

function expectThrottled(page: Page & { readonly signedIn: boolean }): void {
  expect([page.status, page.signedIn]).toEqual([429, false]);
  expect(page.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(page.html).toContain('There were too many tries.');
}

test('AZ-075: a failure looks the same whether the account is unknown, disabled, without password, or the password is wrong', async () => {
  const target = await inProcess();
  const client = await target.addClient();
  const known = await target.addUser();
  const disabled = await target.addUser({ disabledAt: target.now() });
  const withoutPassword = await target.addUser({ passwordHash: null });
  const looks = async (username: string, password: string) => {
    const page = await tryPassword({ target, client }, username, password);
    const html = page.html.replaceAll(username, 'NAME').replaceAll(/name="ticket" value="[^"]*"/g, '');
    return { status: page.status, signedIn: page.signedIn, headers: [...page.headers], html };
  };
  const wrong = await looks(known.username, 'x');
  expect([wrong.status, wrong.signedIn]).toEqual([403, false]);
  expect(wrong.html).toContain('That username and password do not match.');
  expect(await looks('nobody-here', 'x')).toEqual(wrong);
  expect(await looks(disabled.username, disabled.password)).toEqual(wrong);
  expect(await looks(withoutPassword.username, '')).toEqual(wrong);
  expect((await tryPassword({ target, client }, known.username, known.password)).signedIn).toBe(true);
  await target.stop();
});

test('AZ-075: guessing at one account is stopped, for an account that does not exist too; other accounts go on', async () => {
  const config = { throttling: { account: { limit: 3, windowSeconds: 60 } } };
  const target = await inProcess({ config });
  const client = await target.addClient();
  const [ada, eve] = [await target.addUser(), await target.addUser()];
  for (const username of [ada.username, 'nobody-here']) {
    for (let tries = 0; tries < 3; tries += 1)
      expect((await tryPassword({ target, client }, username, `x${tries}`)).status).toBe(403);
    for (const password of ['x', ada.password])
      expectThrottled(await tryPassword({ target, client }, username, password));
  }
  expectThrottled(await tryPassword({ target, client }, ` ${ada.username.toUpperCase()} `, ada.password));
  expect((await tryPassword({ target, client }, eve.username, eve.password)).signedIn).toBe(true);
  target.pass(61_000);
  expect((await tryPassword({ target, client }, ada.username, ada.password)).signedIn).toBe(true);
  await target.stop();
});

test('AZ-075: a success starts the account anew', async () => {
  const config = { throttling: { account: { limit: 3, windowSeconds: 60 } } };
  const target = await inProcess({ config });
  const client = await target.addClient();
  const { username, password } = await target.addUser();
  for (let rounds = 0; rounds < 3; rounds += 1) {
    for (const wrong of ['x', 'y'])
      expect((await tryPassword({ target, client }, username, wrong)).status).toBe(403);
    expect((await tryPassword({ target, client }, username, password)).signedIn).toBe(true);
  }
  await target.stop();
});

test('AZ-075: guessing from one address is stopped across accounts; other addresses go on, and it after the window', async () => {
  const config = { throttling: { address: { limit: 4, windowSeconds: 60 } } };
  const target = await inProcess({ config, handler: { trustedProxies: ['192.0.2.1'] } });
  const client = await target.addClient();
  const user = await target.addUser();
  const [near, far] = [
    { target, client, from: '198.51.100.1' },
    { target, client, from: '198.51.100.2' },
  ];
  for (let account = 0; account < 4; account += 1)
    expect((await tryPassword(near, `account-${account}`, 'x')).status).toBe(403);
  expectThrottled(await tryPassword(near, user.username, user.password));
  expect((await tryPassword(far, user.username, user.password)).signedIn).toBe(true);
  expectThrottled(await tryPassword(near, 'account-9', 'x'));
  target.pass(61_000);
  expect((await tryPassword(near, user.username, user.password)).signedIn).toBe(true);
  await target.stop();
});

test('AZ-075: of many guesses at once no more pass than the limit', async () => {
  const config = { throttling: { account: { limit: 3, windowSeconds: 60 } } };
  const target = await inProcess({ config });
  const client = await target.addClient();
  const { username } = await target.addUser();
  const guesses = Array.from({ length: 12 }, (_, i) => tryPassword({ target, client }, username, `x${i}`));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 403)).toHaveLength(3);
  expect(statuses.filter((status) => status === 429)).toHaveLength(9);
  await target.stop();
});

test('AZ-075: whoever is signed in already is not hindered by the guesses of others', async () => {
  const config = { throttling: { account: { limit: 1, windowSeconds: 60 } } };
  const target = await inProcess({ config });
  const client = await target.addClient();
  const user = await target.addUser();
  const browser = new Browser(target.fetch);
  await walk(browser, authorizeUrl(target, client).url, user);
  await tryPassword({ target, client }, user.username, 'x');
  expectThrottled(await tryPassword({ target, client }, user.username, user.password));
  const answer = leftFor(await browser.open(authorizeUrl(target, client).url));
  expect(answer.searchParams.has('code')).toBe(true);
  await target.stop();
});
