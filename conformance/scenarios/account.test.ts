import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, formWith, type Page } from '../support/browser.ts';
import { authorizeUrl, callAs, introspect, obtainCode, redeem, refresh, walk } from '../support/flow.ts';
import { fieldOf, isSignedIn, leftTo, pageOf, signIn } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

/** Id of the button that stands in one row of a list with this text. */
function buttonIn(page: Page, text: string, kind: 'revoke' | 'end-session'): string {
  const row = page.html.split('<li>').find((item) => item.includes(text) && item.includes(`id="${kind}-`));
  return new RegExp(`id="(${kind}-\\d+)"`).exec(row ?? '')?.[1] ?? expect.unreachable(`No row with ${text}`);
}

describeTargets((open) => {
  let target: RestartableTarget;
  let api: TestClient;
  beforeAll(async () => {
    target = await open({ config: { throttling: { address: { limit: 10_000 } } } });
    api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  });
  afterAll(() => target.stop());

  const at = (path: string) => `${target.issuer}${path}`;
  const connect = async (client: TestClient, user: TestUser) =>
    (await redeem(target, client, await obtainCode(target, client, user))).body;
  /** Works or not: at the API and at the token endpoint. */
  const works = async (client: TestClient, tokens: Record<string, unknown>) => [
    (await introspect(target, api, tokens.access_token)).active,
    (await refresh(target, client, tokens.refresh_token)).status,
  ];

  test('SB-034: the person sees her apps with what they may do, and disconnecting one ends its tokens at once, everywhere', async () => {
    const user = await target.addUser();
    const [left, stays] = [
      await target.addClient({ name: 'Left App' }),
      await target.addClient({ name: 'Kept App' }),
    ];
    const other = await target.addUser();
    const [mine, kept, theirs] = [
      await connect(left, user),
      await connect(stays, user),
      await connect(left, other),
    ];
    const browser = new Browser(target.fetch);
    const apps = await signIn(browser, target, user);
    for (const text of ['Left App', 'Kept App', 'see your photos', user.username])
      expect(apps.html).toContain(text);
    expect(apps.html).not.toContain(other.username);
    const after = pageOf(await browser.click(apps, buttonIn(apps, 'Left App', 'revoke')));
    // Several times: on every node.
    for (let times = 0; times < 3; times += 1) expect(await works(left, mine)).toEqual([false, 400]);
    expect(await works(stays, kept)).toEqual([true, 200]);
    expect(await works(left, theirs)).toEqual([true, 200]);
    expect(after.html).toContain('Left App</bdi> is disconnected');
    expect(after.html.split('is disconnected')[1]).not.toContain('Left App');
    const told = target.events.filter(({ type }) => type === 'consent.withdrawn');
    expect(told).toEqual([expect.objectContaining({ userId: user.id, clientId: left.id })]);
    // It has to ask anew, and then it works again.
    const question = pageOf(await browser.open(authorizeUrl(target, left).url));
    expect(question.html).toContain('id="consent-approve"');
    expect(await works(left, await connect(left, user))).toEqual([true, 200]);
    expect(await works(left, mine)).toEqual([false, 400]);
  });

  test('SB-034: a code that was issued before the app was disconnected is dead too', async () => {
    const user = await target.addUser();
    const client = await target.addClient();
    const answer = await obtainCode(target, client, user);
    const browser = new Browser(target.fetch);
    const apps = await signIn(browser, target, user);
    await browser.click(apps, buttonIn(apps, 'Print Shop', 'revoke'));
    expect((await redeem(target, client, answer)).body.error).toBe('invalid_grant');
    expect((await redeem(target, client, await obtainCode(target, client, user))).status).toBe(200);
  });

  test('SB-034: nobody disconnects an app of somebody else, or one that is none', async () => {
    const [ada, eve] = [await target.addUser(), await target.addUser()];
    const client = await target.addClient();
    const hers = await connect(client, ada);
    const browser = new Browser(target.fetch);
    const apps = await signIn(browser, target, eve);
    const ticket = fieldOf(await signIn(browser, target, eve), 'ticket') || fieldOf(apps, 'ticket');
    await connect(await target.addClient({ name: 'Of Eve' }), eve);
    const shown = pageOf(await browser.open(at('/account')));
    for (const client_id of [client.id, 'nobody', '', '__proto__', "' OR 1=1 --"]) {
      const fields = { ticket: fieldOf(shown, 'ticket') || ticket, client_id };
      const after = pageOf(
        await browser.follow(
          at('/account/apps/revoke'),
          await browser.post(at('/account/apps/revoke'), fields),
        ),
      );
      expect(after.html).not.toContain('is disconnected');
      expect(after.html).toContain('Of Eve');
    }
    expect(await works(client, hers)).toEqual([true, 200]);
  });

  test('SB-034: a link that says an app was disconnected is not believed while it is connected', async () => {
    const user = await target.addUser();
    const client = await target.addClient();
    await connect(client, user);
    const browser = new Browser(target.fetch);
    await signIn(browser, target, user);
    const page = pageOf(await browser.open(at(`/account?disconnected=${client.id}`)));
    expect(page.html).not.toContain('is disconnected');
  });

  test('SL-005: signing out ends the session on the server: the old cookie is refused, other browsers and apps go on', async () => {
    const user = await target.addUser();
    const client = await target.addClient();
    const tokens = await connect(client, user);
    const [here, there] = [new Browser(target.fetch), new Browser(target.fetch)];
    await signIn(here, target, user);
    await signIn(there, target, user);
    const stolen = here.copy();
    const ask = pageOf(await here.open(at('/logout')));
    expect(await isSignedIn(here, target)).toBe(true);
    const after = pageOf(await here.click(ask, 'logout-confirm'));
    expect([new URL(after.url).pathname, after.html.includes('id="logged-out"')]).toEqual([
      '/logged-out',
      true,
    ]);
    expect([...here.cookies.keys()].some((name) => name.includes('vk_session'))).toBe(false);
    for (let times = 0; times < 3; times += 1) expect(await isSignedIn(stolen, target)).toBe(false);
    const silent = authorizeUrl(target, client, { prompt: 'none' });
    expect(leftTo(await stolen.open(silent.url)).searchParams.get('error')).toBe('login_required');
    expect(await isSignedIn(there, target)).toBe(true);
    expect(await works(client, tokens)).toEqual([true, 200]);
    expect(
      target.events.filter((event) => event.type === 'session.ended' && event.userId === user.id).length,
    ).toBe(1);
    await signIn(here, target, user);
  });

  test('SL-005: the list of browsers ends each of them, one by one or all', async () => {
    const user = await target.addUser();
    const agents = ['Firefox/147.0', 'Chrome/160.0 Safari/537.36', 'curl/9.0 <img src=x>'];
    const browsers = agents.map((agent) => new Browser(target.fetch, { 'user-agent': agent }));
    for (const browser of browsers) await signIn(browser, target, user);
    const [first, second, third] = browsers as [Browser, Browser, Browser];
    const list = pageOf(await first.open(at('/account/sessions')));
    expect(list.html.match(/id="end-session-\d+"/g)?.length).toBe(3);
    expect(list.html.match(/This browser/g)?.length).toBe(1);
    expect(list.html).not.toContain('<img');
    const after = pageOf(await first.click(list, buttonIn(list, 'Chrome', 'end-session')));
    expect(new URL(after.url).pathname).toBe('/account/sessions');
    const open = async () =>
      Promise.all([first, second, third].map((browser) => isSignedIn(browser, target)));
    expect(await open()).toEqual([true, false, true]);
    const ended = pageOf(await first.click(after, 'sign-out-everywhere'));
    expect(new URL(ended.url).pathname).toBe('/logged-out');
    expect(await open()).toEqual([false, false, false]);
    await signIn(second, target, user);
    expect(await open()).toEqual([false, true, false]);
  });

  test("SL-008: nobody ends somebody else's session, though its id be known", async () => {
    const [ada, eve] = [await target.addUser(), await target.addUser()];
    const [hers, mine] = [new Browser(target.fetch), new Browser(target.fetch)];
    await signIn(hers, target, ada);
    await signIn(mine, target, eve);
    const id = fieldOf(pageOf(await hers.open(at('/account/sessions'))), 'session');
    expect(id).not.toBe('');
    const ticket = fieldOf(pageOf(await mine.open(at('/account/sessions'))), 'ticket');
    for (const session of [id, '', 'x', '__proto__'])
      expect((await mine.post(at('/account/sessions/end'), { ticket, session })).status).toBe(303);
    expect([await isSignedIn(hers, target), await isSignedIn(mine, target)]).toEqual([true, true]);
  });

  test('SL-008, AZ-073: no form of the account pages does anything for another site, another browser, another person, or without its ticket', async () => {
    const [ada, eve] = [await target.addUser(), await target.addUser()];
    const client = await target.addClient();
    const tokens = await connect(client, ada);
    const browser = new Browser(target.fetch);
    const apps = await signIn(browser, target, ada);
    const revoke = formWith(apps.html, buttonIn(apps, 'Print Shop', 'revoke'));
    const sessions = pageOf(await browser.open(at('/account/sessions')));
    const everywhere = formWith(sessions.html, 'sign-out-everywhere');
    const logout = formWith(pageOf(await browser.open(at('/logout'))).html, 'logout-confirm');
    const stranger = new Browser(target.fetch);
    const strange = fieldOf(pageOf(await stranger.open(at('/login'))), 'ticket');
    const other = new Browser(target.fetch);
    await signIn(other, target, eve);
    const ofEve = fieldOf(pageOf(await other.open(at('/logout'))), 'ticket');
    const signInPage = fieldOf(pageOf(await browser.open(at('/login'))), 'ticket');
    const consent = pageOf(await browser.open(authorizeUrl(target, client, { prompt: 'consent' }).url));
    const forms = [revoke, everywhere, logout];
    for (const { action, fields } of forms) {
      const { ticket, ...rest } = fields;
      for (const wrong of ['', 'vkt1_x', `${ticket}A`, strange, ofEve]) {
        const refused = await browser.post(at(action), { ...rest, ticket: wrong });
        expect([action, refused.status]).toEqual([action, 400]);
      }
      // Good tickets of this browser, for something else: back to the start.
      for (const wrong of [signInPage, fieldOf(consent, 'ticket')]) {
        const refused = await browser.post(at(action), { ...rest, ticket: wrong });
        expect([refused.status, refused.headers.get('location')]).toEqual([303, '/login']);
      }
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example' },
      ]) {
        const body = `${new URLSearchParams(fields)}`;
        const type = { 'content-type': 'application/x-www-form-urlencoded' };
        const forged = await browser.send(at(action), {
          method: 'POST',
          body,
          headers: { ...type, ...headers },
        });
        expect([action, headers, forged.status]).toEqual([action, headers, 400]);
      }
      expect((await stranger.post(at(action), fields)).status).toBe(400);
      expect((await browser.get(`${at(action)}?${new URLSearchParams(fields)}`)).status).not.toBe(303);
    }
    expect(await isSignedIn(browser, target)).toBe(true);
    expect(await works(client, tokens)).toEqual([true, 200]);
    // And the right ones do, to the last.
    expect((await browser.post(at(revoke.action), revoke.fields)).status).toBe(303);
    expect(await works(client, tokens)).toEqual([false, 400]);
    expect((await browser.post(at(logout.action), logout.fields)).headers.get('location')).toBe(
      '/logged-out',
    );
    expect(await isSignedIn(browser, target)).toBe(false);
    // What was shown to a session does nothing after its end.
    expect((await browser.post(at(everywhere.action), everywhere.fields)).headers.get('location')).toBe(
      '/login',
    );
  });

  test('SL-008: the account pages are for whoever is signed in; others are asked to sign in first', async () => {
    const user = await target.addUser();
    const browser = new Browser(target.fetch);
    for (const path of ['/account', '/account/sessions']) {
      const response = await browser.get(at(path));
      expect([path, response.status, response.headers.get('location')]).toEqual([path, 303, '/login']);
    }
    for (const path of ['/account/apps/revoke', '/account/sessions/end']) {
      const response = await browser.get(at(path));
      expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, 'POST']);
    }
    await signIn(browser, target, user);
    expect(pageOf(await browser.open(at('/account'))).html).toContain('No app can use your account.');
  });

  test('SB-034: an app that is no longer registered can still be disconnected', async () => {
    const user = await target.addUser();
    const client = await target.addClient();
    await connect(client, user);
    await target.store.clients.remove(client.id);
    const browser = new Browser(target.fetch);
    const apps = await signIn(browser, target, user);
    const after = pageOf(await browser.click(apps, buttonIn(apps, client.id, 'revoke')));
    expect(after.html).toContain('No app can use your account.');
  });

  test('SB-034: two tabs that disconnect one app do it once', async () => {
    const user = await target.addUser();
    const client = await target.addClient();
    const tokens = await connect(client, user);
    const browser = new Browser(target.fetch);
    const apps = await signIn(browser, target, user);
    const id = buttonIn(apps, 'Print Shop', 'revoke');
    const pages = await Promise.all([
      browser.click(apps, id),
      browser.click(apps, id),
      browser.click(apps, id),
    ]);
    for (const page of pages) expect(pageOf(page).status).toBe(200);
    expect(
      target.events.filter((event) => event.type === 'consent.withdrawn' && event.userId === user.id).length,
    ).toBe(1);
    expect(await works(client, tokens)).toEqual([false, 400]);
    expect((await callAs(target, client, '/revoke', { token: String(tokens.refresh_token) })).status).toBe(
      200,
    );
    const answer = await walk(browser, authorizeUrl(target, client).url, user);
    expect(answer.searchParams.has('code')).toBe(true);
  });
});
