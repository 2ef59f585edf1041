import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, expectPage, outcomeOf } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { introspect, refresh } from '../support/flow.ts';
import { addApp, logoutUrl, signedInFor, signInTo } from '../support/logout.ts';
import { fieldOf, isSignedIn, leftTo, pageOf, signIn } from '../support/pages.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const home = 'https://print.example/bye';
const logout = { postLogoutRedirectUris: [home, 'https://print.example/bye?from=logout'] };

describeTargets((open) => {
  let target: RestartableTarget;
  let app: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    target = await open({ config: { throttling: { address: { limit: 10_000 } } } });
    app = await addApp(target, { logout, consent: 'ask', name: 'Print Shop' });
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  /** A browser with a person who has signed in to the app. */
  const signedIn = async (to = app, who = user) => {
    const browser = new Browser(target.fetch);
    return { browser, ...(await signInTo(to, { target, browser, user: who })) };
  };
  const at = (fields: Record<string, string | undefined>) => logoutUrl(target, fields);

  test('SL-010: the endpoint is in the metadata, and takes GET and POST', async () => {
    const metadata = await target.fetch(new Request(`${target.issuer}/.well-known/openid-configuration`));
    expect(await metadata.json()).toMatchObject({ end_session_endpoint: `${target.issuer}/logout` });
    const { browser, idToken } = await signedIn();
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: home };
    const asked = [
      pageOf(await browser.open(at(fields))),
      pageOf(await browser.follow(at({}), await browser.post(at({}), fields))),
    ];
    for (const page of asked) {
      expect([
        page.status,
        page.html.includes('Print Shop'),
        page.html.includes('id="logout-confirm"'),
      ]).toEqual([200, true, true]);
    }
  });

  test('SL-007: ID tokens tell when the person signed in, and name a session by an id of its own for each app', async () => {
    const other = await addApp(target);
    const first = await signedIn();
    const again = await signInTo(app, { target, browser: first.browser, user });
    const elsewhere = await signInTo(other, { target, browser: first.browser, user });
    const second = await signedIn();
    expect(first.claims.sid).toEqual(expect.stringMatching(/^[\w-]{43}$/));
    expect([again.claims.sid, again.claims.auth_time]).toEqual([first.claims.sid, first.claims.auth_time]);
    expect(new Set([first, elsewhere, second].map(({ claims }) => claims.sid)).size).toBe(3);
    const refreshed = await refresh(target, app, first.refreshToken);
    const payload = String(refreshed.body.id_token).split('.')[1] ?? '';
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect([claims.sid, claims.auth_time]).toEqual([first.claims.sid, first.claims.auth_time]);
  });

  test('SL-007: the person sees which apps each browser is signed in to', async () => {
    const who = await target.addUser();
    const other = await addApp(target, { name: 'Frame <Shop>' });
    const { browser } = await signedIn(app, who);
    await signInTo(other, { target, browser, user: who });
    await signIn(new Browser(target.fetch), target, who);
    const list = pageOf(await browser.open(`${target.issuer}/account/sessions`));
    const rows = list.html.split('<li').filter((row) => row.includes('id="end-session-'));
    expect(list.html).toContain('Frame &lt;Shop&gt;');
    expect(list.html).toContain('Print Shop');
    expect(rows).toHaveLength(2);
  });

  test('SL-013, SL-014, SL-015, SL-016: after a yes the session is gone everywhere, and the browser is back at the app with its state', async () => {
    const { browser, idToken } = await signedIn();
    const thief = browser.copy();
    expect(await signedInFor(browser, target, app)).toBe('signed in');
    const state = 'a b&c="ä%20';
    const question = pageOf(
      await browser.open(at({ id_token_hint: idToken, post_logout_redirect_uri: home, state })),
    );
    expect(await isSignedIn(browser, target)).toBe(true);
    expect(question.headers.get('content-security-policy')).toContain(
      "form-action 'self' https://print.example;",
    );
    const back = leftTo(await browser.click(question, 'logout-confirm'));
    expect(back.href.startsWith(`${home}?`)).toBe(true);
    expect([...back.searchParams]).toEqual([['state', state]]);
    for (let times = 0; times < 3; times += 1) {
      expect(await signedInFor(thief, target, app)).toBe('login_required');
      expect(await isSignedIn(thief, target)).toBe(false);
    }
    expect([...browser.cookies.keys()].some((name) => name.includes('vk_session'))).toBe(false);
  });

  test('SL-015, SL-016: the query of the registered address is kept, and without a state none is made up', async () => {
    const { browser, idToken } = await signedIn();
    const uri = 'https://print.example/bye?from=logout';
    const question = await browser.open(at({ id_token_hint: idToken, post_logout_redirect_uri: uri }));
    expect(leftTo(await browser.click(pageOf(question), 'logout-confirm')).href).toBe(uri);
    const hinted = { id_token_hint: idToken, post_logout_redirect_uri: uri, state: 's' };
    expect(leftTo(await browser.open(at(hinted))).href).toBe(`${uri}&state=s`);
  });

  test('SL-013, SL-015: a client_id and the yes of the person do for a way back, without a hint', async () => {
    const { browser } = await signedIn();
    const fields = { client_id: app.id, post_logout_redirect_uri: home, state: 's' };
    const question = pageOf(await browser.open(at(fields)));
    expect(question.html).toContain('id="logout-confirm"');
    expect(leftTo(await browser.click(question, 'logout-confirm')).href).toBe(`${home}?state=s`);
    // Nobody is there any more who could say it again.
    const page = pageOf(await browser.open(at(fields)));
    expect([page.html.includes('id="logged-out"'), page.html.includes('Print Shop')]).toEqual([true, true]);
  });

  test('SL-011: an ID token that has expired is as good as ever', async () => {
    const { browser, idToken, claims } = await signedIn();
    target.pass(3 * 3_600_000);
    expect((claims.exp ?? 0) * 1000).toBeLessThan(target.now());
    const question = await browser.open(at({ id_token_hint: idToken, post_logout_redirect_uri: home }));
    expect(leftTo(await browser.click(pageOf(question), 'logout-confirm')).href).toBe(home);
  });

  test('SL-011, SL-015: a forged hint leads nowhere: the person is asked, and stays here', async () => {
    const { browser, idToken } = await signedIn();
    const [header, payload, signature] = idToken.split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = [`${header}.${other}.${signature}`, `${unsigned}.${payload}.`, `${idToken}x`, 'x.y.z'];
    for (const hint of forged) {
      const fields = { id_token_hint: hint, client_id: app.id, post_logout_redirect_uri: home, state: 's' };
      const question = pageOf(await browser.open(at(fields)));
      expect(question.html).toContain('id="logout-confirm"');
      expect(await isSignedIn(browser, target)).toBe(true);
      // Nor where nobody is signed in.
      expect(pageOf(await new Browser(target.fetch).open(at(fields))).html).toContain('id="logged-out"');
    }
    const fields = { id_token_hint: forged[0], client_id: app.id, post_logout_redirect_uri: home };
    const question = pageOf(await browser.open(at(fields)));
    const after = pageOf(await browser.click(question, 'logout-confirm'));
    expect([after.html.includes('id="logged-out"'), after.html.includes(home)]).toEqual([true, false]);
    expect(await isSignedIn(browser, target)).toBe(false);
  });

  test('SL-012: a client_id that is not the client of the hint is refused on a page', async () => {
    const other = await addApp(target, { logout });
    const { browser, idToken } = await signedIn();
    const url = at({ id_token_hint: idToken, client_id: other.id, post_logout_redirect_uri: home });
    const refused = await outcomeOf(target, await browser.get(url));
    expectPage(refused);
    expect(refused.html).toContain('href="/logout"');
    expect(await isSignedIn(browser, target)).toBe(true);
  });

  test.each([
    'https://print.example/bye/',
    'https://print.example/bye?x=1',
    'https://print.example/BYE',
    'https://print.example/callback',
    'http://print.example/bye',
    'https://print.example.evil.example/bye',
    'https://user@print.example/bye',
    'https://print.example/bye#x',
    'javascript:alert(1)',
    '//print.example/bye',
    '/account',
  ])('SL-015: nobody is sent to %s, which is not registered', async (uri) => {
    const { browser, idToken } = await signedIn();
    const proofs = [{ id_token_hint: idToken }, { client_id: app.id }];
    for (const proof of proofs) {
      const url = at({ ...proof, post_logout_redirect_uri: uri, state: 's' });
      expectPage(await outcomeOf(target, await browser.get(url)));
      expectPage(await ask(target, url));
    }
    expect(await isSignedIn(browser, target)).toBe(true);
  });

  test('SL-015: an address without a client is nobody’s: the person may sign out, and stays here', async () => {
    const { browser } = await signedIn();
    const question = pageOf(await browser.open(at({ post_logout_redirect_uri: home, state: 's' })));
    const after = pageOf(await browser.click(question, 'logout-confirm'));
    expect(after.html).toContain('id="logged-out"');
    expectPage(
      await ask(target, at({ client_id: 'nobody', post_logout_redirect_uri: home })),
      'invalid_client',
    );
  });

  test('SL-013: a first-party app signs out without a question, but only the session and the person that it proves', async () => {
    const own = await addApp(target, { logout });
    const eve = await target.addUser();
    const [mine, elsewhere, hers] = [await signedIn(own), await signedIn(own), await signedIn(own, eve)];
    for (const hint of [elsewhere.idToken, hers.idToken, undefined]) {
      const fields = { client_id: own.id, id_token_hint: hint, post_logout_redirect_uri: home };
      expect(pageOf(await mine.browser.open(at(fields))).html).toContain('id="logout-confirm"');
    }
    expect(await isSignedIn(mine.browser, target)).toBe(true);
    const back = await mine.browser.open(at({ id_token_hint: mine.idToken, post_logout_redirect_uri: home }));
    expect(leftTo(back).href).toBe(home);
    const signed = [mine, elsewhere, hers].map(({ browser }) => isSignedIn(browser, target));
    expect(await Promise.all(signed)).toEqual([false, true, true]);
  });

  test('SL-017: where nobody is signed in, a logout is a page or the way back, whatever hints come with it', async () => {
    const { browser, idToken } = await signedIn();
    await browser.click(pageOf(await browser.open(at({}))), 'logout-confirm');
    for (const who of [browser, new Browser(target.fetch)]) {
      for (const more of [
        '',
        '?logout_hint=x&logout_hint=y&ui_locales=%ff',
        '?ui_locales=xx-YY',
        '?state=s',
      ]) {
        const page = pageOf(await who.open(`${target.issuer}/logout${more}`));
        expect([more, page.status, page.html.includes('id="logged-out"')]).toEqual([more, 200, true]);
      }
      const fields = {
        id_token_hint: idToken,
        post_logout_redirect_uri: home,
        state: 's',
        logout_hint: 'ada',
      };
      expect(leftTo(await who.open(at(fields))).href).toBe(`${home}?state=s`);
    }
  });

  test('SL-015, AZ-051: an app that registered itself is led back to by nobody but the person herself', async () => {
    const own = await addApp(target, { logout, consent: 'ask', origin: 'registered', name: 'Print Shop' });
    const { browser, idToken } = await signedIn(own);
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: home, state: 's' };
    const question = pageOf(await browser.open(at(fields)));
    expect(leftTo(await browser.click(question, 'logout-confirm')).href).toBe(`${home}?state=s`);
    // Nobody is signed in: whoever was sent here by a link has said nothing yet.
    const page = pageOf(await new Browser(target.fetch).open(at(fields)));
    expect([page.status, page.html.includes('id="logged-out"')]).toEqual([200, true]);
    expect(page.html).toMatch(/<a [^>]*id="logout-continue" href="https:\/\/print\.example\/bye\?state=s"/);
    expect(page.html).not.toContain('http-equiv');
  });

  test('SL-010, SL-013: a form that another site posts comes without cookies: it is asked for again by GET', async () => {
    const { browser, idToken } = await signedIn();
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: home, state: 'a b' };
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'cross-site',
      origin: 'https://print.example',
    };
    const body = `${new URLSearchParams(fields)}`;
    const bare = new Browser(target.fetch);
    const answer = await bare.send(at({}), { method: 'POST', body, headers });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([303, []]);
    const again = new URL(answer.headers.get('location') ?? '', target.issuer);
    expect([again.pathname, Object.fromEntries(again.searchParams)]).toEqual(['/logout', fields]);
    expect(pageOf(await browser.open(again.href)).html).toContain('id="logout-confirm"');
    // And where cookies do come along, it is a question all the same.
    const asked = await browser.send(at({}), { method: 'POST', body, headers });
    expect([asked.status, (await asked.text()).includes('id="logout-confirm"')]).toEqual([200, true]);
  });

  test('SL-013: a no leaves everything as it is', async () => {
    const { browser, idToken } = await signedIn();
    const question = pageOf(
      await browser.open(at({ id_token_hint: idToken, post_logout_redirect_uri: home })),
    );
    const after = pageOf(await browser.click(question, 'logout-cancel'));
    expect(new URL(after.url).pathname).toBe('/account');
    expect(await signedInFor(browser, target, app)).toBe('signed in');
  });

  test('SL-013, SL-017: a yes that is sent twice leads back twice; for another session it is asked for anew', async () => {
    const { browser, idToken } = await signedIn();
    const url = at({ id_token_hint: idToken, post_logout_redirect_uri: home, state: 's' });
    const question = pageOf(await browser.open(url));
    for (let times = 0; times < 2; times += 1)
      expect(leftTo(await browser.click(question, 'logout-confirm')).href).toBe(`${home}?state=s`);
    const eve = await target.addUser();
    await signIn(browser, target, eve);
    const anew = pageOf(await browser.click(question, 'logout-confirm'));
    expect([anew.html.includes('id="logout-confirm"'), anew.html.includes(eve.username)]).toEqual([
      true,
      true,
    ]);
    expect(await isSignedIn(browser, target)).toBe(true);
    expect(leftTo(await browser.click(anew, 'logout-confirm')).href).toBe(`${home}?state=s`);
    expect(await isSignedIn(browser, target)).toBe(false);
  });

  test('SL-008: a yes is of this browser, this site and this form', async () => {
    const { browser, idToken } = await signedIn();
    const url = at({ id_token_hint: idToken, post_logout_redirect_uri: home });
    const ticket = fieldOf(pageOf(await browser.open(url)), 'ticket');
    const stranger = new Browser(target.fetch);
    await stranger.open(`${target.issuer}/login`);
    const accountTicket = fieldOf(pageOf(await browser.open(`${target.issuer}/account/sessions`)), 'ticket');
    expect((await stranger.post(at({}), { ticket })).status).toBe(400);
    expect((await browser.post(at({}), { ticket: `${ticket}A` })).status).toBe(400);
    const elsewhere = await browser.post(at({}), { ticket: accountTicket });
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([303, '/login']);
    const body = `${new URLSearchParams({ ticket })}`;
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const forged = await browser.send(at({}), {
      method: 'POST',
      body,
      headers: { ...type, 'sec-fetch-site': 'cross-site' },
    });
    expect(forged.status).toBe(400);
    // A ticket that has not been said yes to says no goodbye.
    const page = pageOf(await browser.open(`${target.issuer}/logged-out?ticket=${ticket}`));
    expect(page.html).not.toContain(home);
    expect(await isSignedIn(browser, target)).toBe(true);
  });

  test('SL-034: what was granted for the session ends with it; what was granted for the time away goes on', async () => {
    const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
    const browser = new Browser(target.fetch);
    const bound = await signInTo(app, { target, browser, user });
    const offline = await signInTo(app, { target, browser, user }, 'openid offline_access photos:read');
    const works = async ({ accessToken, refreshToken }: typeof bound) => [
      (await introspect(target, api, accessToken)).active,
      (await refresh(target, app, refreshToken)).body.error ?? 'refreshed',
    ];
    expect([await works(bound), await works(offline)]).toEqual([
      [true, 'refreshed'],
      [true, 'refreshed'],
    ]);
    await browser.click(pageOf(await browser.open(at({}))), 'logout-confirm');
    for (let times = 0; times < 2; times += 1) {
      expect(await works(bound)).toEqual([false, 'invalid_grant']);
      expect(await works(offline)).toEqual([true, 'refreshed']);
    }
  });
});

describeHandler((open) => {
  test('SL-010: where the feature is off, /logout signs out and hears no app', async () => {
    const target = await open({ config: { features: { rpLogout: false } } });
    const [app, user] = [await addApp(target, { logout }), await target.addUser()];
    const browser = new Browser(target.fetch);
    const { idToken } = await signInTo(app, { target, browser, user });
    const metadata = await target.fetch(new Request(`${target.issuer}/.well-known/openid-configuration`));
    expect(await metadata.json()).not.toHaveProperty('end_session_endpoint');
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: home, client_id: 'nobody' };
    expect((await browser.post(logoutUrl(target), fields)).status).toBe(400);
    const question = pageOf(await browser.open(logoutUrl(target, fields)));
    expect(question.html).not.toContain('Print Shop');
    expect(pageOf(await browser.click(question, 'logout-confirm')).html).toContain('id="logged-out"');
    expect(await isSignedIn(browser, target)).toBe(false);
  });
});
