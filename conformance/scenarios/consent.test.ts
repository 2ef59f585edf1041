import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, introspect, redeem, walk } from '../support/flow.ts';
import { enterPassword, fieldOf, isSignedIn, leftTo, pageOf, signIn } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const both = 'photos:read photos:write';

describeTargets((open) => {
  let target: RestartableTarget;
  let client: TestClient;
  let api: TestClient;
  beforeAll(async () => {
    target = await open({ config: { throttling: { address: { limit: 10_000 } } } });
    client = await target.addClient();
    api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  });
  afterAll(() => target.stop());

  const at = (path: string) => `${target.issuer}${path}`;
  /** A browser in which a new person is signed in. */
  const newcomer = async (): Promise<{ browser: Browser; user: TestUser }> => {
    const [browser, user] = [new Browser(target.fetch), await target.addUser()];
    await signIn(browser, target, user);
    return { browser, user };
  };
  const scopesOf = async (user: TestUser) =>
    (await target.store.consents.find(user.id, client.id))?.scopes.toSorted() ?? [];

  test('AZ-076: of many tabs each ends by itself: approved, denied, left open, in any order', async () => {
    const { browser } = await newcomer();
    const asked = Array.from({ length: 6 }, () => authorizeUrl(target, client, { prompt: 'consent' }));
    const tabs = [];
    for (const request of asked) tabs.push({ ...request, page: pageOf(await browser.open(request.url)) });
    const [first, , third, , fifth, sixth] = tabs;
    const denied: URL[] = [];
    const allowed: { answer: URL; verifier: string }[] = [];
    for (const tab of [fifth, first, sixth, third]) {
      const { page, state, verifier } = tab ?? expect.unreachable();
      const answer = leftTo(await browser.click(page, tab === sixth ? 'consent-deny' : 'consent-approve'));
      expect(answer.searchParams.get('state')).toBe(state);
      if (tab === sixth) denied.push(answer);
      else allowed.push({ answer, verifier });
    }
    expect(denied.map(({ searchParams }) => searchParams.get('error'))).toEqual(['access_denied']);
    for (const { answer, verifier } of allowed) {
      const code = answer.searchParams.get('code') ?? '';
      const tokens = await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
      expect(tokens.status).toBe(200);
    }
  });

  test('AZ-071, SB-035: tabs that decide at the same time all count', async () => {
    const { browser, user } = await newcomer();
    const scopes = ['photos:read', 'photos:write', both, 'photos:read', 'photos:write', both];
    const pages = [];
    for (const scope of scopes)
      pages.push(pageOf(await browser.open(authorizeUrl(target, client, { scope }).url)));
    const ends = await Promise.all(pages.map((page) => browser.click(page, 'consent-approve')));
    for (const end of ends) expect(leftTo(end).searchParams.has('code')).toBe(true);
    expect(await scopesOf(user)).toEqual(['photos:read', 'photos:write']);
    const silent = await browser.open(authorizeUrl(target, client, { scope: both, prompt: 'none' }).url);
    expect(leftTo(silent).searchParams.has('code')).toBe(true);
  });

  test('AZ-071: a decision on one node holds on the next: asked once, then only for what is new', async () => {
    const { browser, user } = await newcomer();
    const first = pageOf(await browser.open(authorizeUrl(target, client).url));
    expect(leftTo(await browser.click(first, 'consent-approve')).searchParams.has('code')).toBe(true);
    for (let times = 0; times < 3; times += 1) {
      const answer = leftTo(await browser.open(authorizeUrl(target, client).url));
      expect(answer.searchParams.has('code')).toBe(true);
    }
    const more = pageOf(await browser.open(authorizeUrl(target, client, { scope: both }).url));
    expect(more.html).toContain('You already allow it to:');
    expect(leftTo(await browser.click(more, 'consent-deny')).searchParams.get('error')).toBe('access_denied');
    expect(await scopesOf(user)).toEqual(['photos:read']);
    expect(leftTo(await browser.open(authorizeUrl(target, client).url)).searchParams.has('code')).toBe(true);
    const other = await newcomer();
    expect(pageOf(await other.browser.open(authorizeUrl(target, client).url)).html).toContain(
      'id="consent-approve"',
    );
  });

  test('AZ-070: what is denied is not granted by another tab of the same request, nor remembered', async () => {
    const { browser, user } = await newcomer();
    const { url, state } = authorizeUrl(target, client);
    const page = pageOf(await browser.open(url));
    const denied = leftTo(await browser.click(page, 'consent-deny'));
    expect([denied.searchParams.get('error'), denied.searchParams.get('state')]).toEqual([
      'access_denied',
      state,
    ]);
    expect(await scopesOf(user)).toEqual([]);
    const silent = leftTo(await browser.open(authorizeUrl(target, client, { prompt: 'none' }).url));
    expect(silent.searchParams.get('error')).toBe('consent_required');
    const told = target.events.filter((event) => event.type === 'consent.denied' && event.userId === user.id);
    expect(told.length).toBe(1);
  });

  test('AZ-073: whatever is posted instead of a decision grants nothing', async () => {
    const { browser, user } = await newcomer();
    const page = pageOf(await browser.open(authorizeUrl(target, client).url));
    const ticket = fieldOf(page, 'ticket');
    for (const body of [
      {},
      { decision: '' },
      { decision: 'Approve' },
      { decision: 'true' },
      { approve: 'approve' },
    ]) {
      const answer = leftTo(
        await browser.follow(at('/consent'), await browser.post(at('/consent'), { ticket, ...body })),
      );
      expect([body, answer.searchParams.get('error')]).toEqual([body, 'access_denied']);
    }
    const twice = await browser.send(at('/consent'), {
      method: 'POST',
      body: `ticket=${ticket}&decision=approve&decision=approve`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([twice.status, twice.headers.get('location')]).toEqual([400, null]);
    expect((await browser.get(`${at('/consent')}?ticket=${ticket}&decision=approve`)).status).toBe(200);
    expect(await scopesOf(user)).toEqual([]);
  });

  test('AZ-050, AZ-073: a consent page that outlives the session it was shown to grants nothing', async () => {
    const { browser, user } = await newcomer();
    const page = pageOf(await browser.open(authorizeUrl(target, client).url));
    await browser.click(pageOf(await browser.open(at('/logout'))), 'logout-confirm');
    const login = pageOf(await browser.click(page, 'consent-approve'));
    expect(login.html).toContain('id="login-submit"');
    expect(await scopesOf(user)).toEqual([]);
    // The request itself goes on, for whoever signs in now, and asks them.
    const other = await target.addUser();
    const asked = pageOf(await enterPassword(browser, login, other));
    expect(asked.html).toContain(other.username);
    expect(leftTo(await browser.click(asked, 'consent-approve')).searchParams.has('code')).toBe(true);
    expect([await scopesOf(user), await scopesOf(other)]).toEqual([[], ['photos:read']]);
  });

  test('AZ-084: who uses another account at the consent page gets a code of that account', async () => {
    const { browser, user } = await newcomer();
    const other = await target.addUser();
    const { url, verifier } = authorizeUrl(target, client);
    const page = pageOf(await browser.open(url));
    const elsewhere =
      /id="switch-account" href="([^"]+)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const asked = pageOf(await enterPassword(browser, await browser.open(at(elsewhere)), other));
    expect([asked.html.includes(other.username), asked.html.includes(user.username)]).toEqual([true, false]);
    const code = leftTo(await browser.click(asked, 'consent-approve')).searchParams.get('code') ?? '';
    const tokens = await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
    expect(await introspect(target, api, tokens.body.access_token)).toMatchObject({
      active: true,
      sub: other.id,
    });
    expect(await scopesOf(user)).toEqual([]);
  });

  test('AZ-033: a scope that the client lost while the page was open is not in its tokens', async () => {
    const { browser } = await newcomer();
    const losing = await target.addClient();
    const { url, verifier } = authorizeUrl(target, losing, { scope: both });
    const page = pageOf(await browser.open(url));
    await target.store.clients.replace({ ...losing.record, scopes: ['photos:read'] });
    const code = leftTo(await browser.click(page, 'consent-approve')).searchParams.get('code') ?? '';
    const tokens = await redeem(target, losing, { code, verifier, redirectUri: losing.redirectUri });
    expect([tokens.status, tokens.body.scope]).toEqual([200, 'photos:read']);
    const again = authorizeUrl(target, losing);
    const answer = leftTo(await browser.open(again.url)).searchParams.get('code') ?? '';
    await target.store.clients.replace({ ...losing.record, version: 2, scopes: [] });
    const { verifier: proof } = again;
    const none = await redeem(target, losing, {
      code: answer,
      verifier: proof,
      redirectUri: losing.redirectUri,
    });
    expect([none.status, none.body.error]).toEqual([400, 'invalid_scope']);
  });

  test('AZ-010: what a client was while the page was open does not count when it is answered', async () => {
    const { browser } = await newcomer();
    for (const over of [{ disabledAt: target.now() }, { redirectUris: ['https://print.example/new'] }]) {
      const changing = await target.addClient();
      const page = pageOf(await browser.open(authorizeUrl(target, changing).url));
      await target.store.clients.replace({ ...changing.record, ...over });
      for (const id of ['consent-approve', 'consent-deny']) {
        const refused = pageOf(await browser.click(page, id));
        expect([id, refused.status, refused.html.includes('id="error-reference"')]).toEqual([id, 400, true]);
      }
    }
    expect(await isSignedIn(browser, target)).toBe(true);
    expect(
      (await walk(browser, authorizeUrl(target, client).url, await target.addUser())).searchParams.has(
        'code',
      ),
    ).toBe(true);
  });

  test('AZ-050: a person who was disabled while the page was open gets no code', async () => {
    const { browser, user } = await newcomer();
    const page = pageOf(await browser.open(authorizeUrl(target, client).url));
    await target.store.users.setDisabled({ id: user.id, disabledAt: target.now() });
    const refused = pageOf(await browser.click(page, 'consent-approve'));
    expect(refused.html).toContain('id="login-submit"');
    expect(await scopesOf(user)).toEqual([]);
  });

  test('AZ-076: a ticket is of no use at another place, and its expiry is told to the second on every node', async () => {
    const { browser, user } = await newcomer();
    const asked = authorizeUrl(target, client);
    const page = pageOf(await browser.open(asked.url));
    const ticket = fieldOf(page, 'ticket');
    const account = fieldOf(pageOf(await browser.open(at('/logout'))), 'ticket');
    const wrong = await browser.post(at('/consent'), { ticket: account, decision: 'approve' });
    expect(wrong.headers.get('location')).toBe('/account');
    expect((await browser.get(at(`/consent?ticket=${account}`))).headers.get('location')).toBe('/account');
    target.pass(1_799_000);
    expect((await browser.get(at(`/consent?ticket=${ticket}`))).status).toBe(200);
    target.pass(1_000);
    for (let times = 0; times < 3; times += 1) {
      const late = pageOf(await browser.click(page, 'consent-approve'));
      expect([late.status, late.html.includes('interaction_expired')]).toEqual([400, true]);
    }
    expect(await scopesOf(user)).toEqual([]);
    const again = await walk(browser, asked.url, user);
    expect(again.searchParams.get('state')).toBe(asked.state);
  });

  test('AZ-071: a client that the house runs itself asks nobody, unless it wants to', async () => {
    const own = await target.addClient({ consent: 'implied' });
    const { browser } = await newcomer();
    for (const prompt of [undefined, 'none'])
      expect(
        leftTo(await browser.open(authorizeUrl(target, own, { prompt }).url)).searchParams.has('code'),
      ).toBe(true);
    const asked = pageOf(await browser.open(authorizeUrl(target, own, { prompt: 'consent' }).url));
    expect(leftTo(await browser.click(asked, 'consent-approve')).searchParams.has('code')).toBe(true);
  });
});
