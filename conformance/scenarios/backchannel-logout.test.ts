import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { addApp, logoutUrl, Mailbox, signInTo } from '../support/logout.ts';
import { enterPassword, isSignedIn, leftTo, pageOf, signIn } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const home = 'https://print.example/bye';
const event = 'http://schemas.openid.net/event/backchannel-logout';
const print = 'https://print.example/backchannel?x=1';
const frame = 'https://frame.example/backchannel';
const down = 'https://down.example/backchannel';

describeTargets((open) => {
  const mailbox = new Mailbox();
  let target: RestartableTarget;
  let app: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    target = await open({ fetcher: mailbox, config: { throttling: { address: { limit: 10_000 } } } });
    app = await addApp(target, { logout: { backchannelUri: print, postLogoutRedirectUris: [home] } });
  });
  beforeEach(async () => {
    mailbox.posts.length = 0;
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  const signedIn = async (to = app) => {
    const browser = new Browser(target.fetch);
    return { browser, ...(await signInTo(to, { target, browser, user })) };
  };
  /** What an app reads in a logout token that it was sent. */
  const opened = async (token: string, client: TestClient) => {
    const keys = createRemoteJWKSet(new URL(`${target.issuer}/jwks`), {
      [customFetch]: (url: string) => target.fetch(new Request(url)),
    });
    const now = new Date(target.now());
    return jwtVerify(token, keys, { issuer: target.issuer, audience: client.id, currentDate: now });
  };
  const soleToken = (url: string) => {
    const [token, ...more] = mailbox.tokensAt(url);
    return token !== undefined && more.length === 0 ? token : expect.unreachable(`${more.length} more`);
  };

  test('SL-030, SL-031, SL-032, SL-033: the app hears who has signed out of which session, in a token like its ID tokens', async () => {
    const metadata = await target.fetch(new Request(`${target.issuer}/.well-known/openid-configuration`));
    expect(await metadata.json()).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
    const pairwise = await addApp(target, {
      openid: { subjectType: 'pairwise', idTokenAlgorithm: 'ES256' },
      logout: { backchannelUri: frame, backchannelSessionRequired: true },
    });
    const { browser, ...first } = await signedIn();
    const second = await signInTo(pairwise, { target, browser, user });
    const back = await browser.open(
      logoutUrl(target, { id_token_hint: first.idToken, post_logout_redirect_uri: home }),
    );
    expect(leftTo(back).href).toBe(home);
    const told = [
      { url: print, client: app, token: first },
      { url: frame, client: pairwise, token: second },
    ];
    for (const { url, client, token } of told) {
      const { payload, protectedHeader } = await opened(soleToken(url), client);
      const { iat = 0, sid, sub } = payload;
      expect(payload).toEqual({
        iss: target.issuer,
        aud: client.id,
        sub: token.claims.sub,
        sid: token.claims.sid,
        iat: expect.any(Number),
        exp: expect.any(Number),
        jti: expect.stringMatching(/^[\w-]{20,}$/),
        events: { [event]: {} },
      });
      expect([typeof sid, typeof sub]).toEqual(['string', 'string']);
      expect((payload.exp ?? 0) - iat).toBeLessThanOrEqual(120);
      const { alg } = decodeProtectedHeader(token.idToken);
      expect(protectedHeader).toMatchObject({ typ: 'logout+jwt', alg });
    }
    expect(second.claims.sub).not.toBe(first.claims.sub);
  });

  test('SL-030: an app that does not answer holds up neither the others nor the way back, and the operator hears of it', async () => {
    const [silent, other] = [
      await addApp(target, { logout: { backchannelUri: down } }),
      await addApp(target, { logout: { backchannelUri: frame } }),
    ];
    const { browser, idToken } = await signedIn();
    for (const client of [silent, other]) await signInTo(client, { target, browser, user });
    const back = await browser.open(
      logoutUrl(target, { id_token_hint: idToken, post_logout_redirect_uri: home, state: 's' }),
    );
    expect(leftTo(back).href).toBe(`${home}?state=s`);
    expect(await isSignedIn(browser, target)).toBe(false);
    expect(mailbox.posts.map(({ url }) => url).toSorted()).toEqual([down, frame, print]);
    const events = target.events.filter(({ type }) => type.startsWith('logout.'));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'logout.not_told', clientId: silent.id, why: 'it answered 500' }),
    );
    expect(events).toContainEqual(expect.objectContaining({ type: 'logout.told', clientId: other.id }));
  });

  test('SL-014: the apps have been told when the browser is sent on', async () => {
    const { browser, idToken } = await signedIn();
    const url = logoutUrl(target, { id_token_hint: idToken, post_logout_redirect_uri: home });
    const response = await browser.get(url);
    expect([response.headers.get('location'), mailbox.posts.length]).toEqual([home, 1]);
    // Again: there is nothing to tell any more.
    expect((await browser.get(url)).headers.get('location')).toBe(home);
    expect(mailbox.posts).toHaveLength(1);
  });

  test('SL-030: only apps that were signed in to with this session hear of it', async () => {
    await addApp(target, { logout: { backchannelUri: frame } });
    const [here, there] = [await signedIn(), await signedIn()];
    await here.browser.click(pageOf(await here.browser.open(logoutUrl(target))), 'logout-confirm');
    const { payload } = await opened(soleToken(print), app);
    expect(payload.sid).toBe(here.claims.sid);
    expect(await isSignedIn(there.browser, target)).toBe(true);
    expect(mailbox.posts).toHaveLength(1);
  });

  test('SL-030: whichever way a session ends, its apps hear of it', async () => {
    const browsers = [await signedIn(), await signedIn(), await signedIn()];
    const [first, second, third] = browsers.map(({ browser }) => browser) as [Browser, Browser, Browser];
    const sids = browsers.map(({ claims }) => claims.sid);
    const told = async () => {
      const tokens = mailbox.tokensAt(print);
      const claims = await Promise.all(tokens.map((token) => opened(token, app)));
      return claims.map(({ payload }) => payload.sid);
    };
    // Another person signs in where she was.
    const eve = await target.addUser();
    const login = await first.open(`${target.issuer}/login`);
    await enterPassword(first, login, eve);
    expect(await told()).toEqual([sids[0]]);
    // One in the list of browsers.
    const list = pageOf(await second.open(`${target.issuer}/account/sessions`));
    const rows = list.html.split('<li').filter((row) => row.includes('id="end-session-'));
    const other = rows.findIndex((row) => !row.includes('This browser')) + 1;
    const after = pageOf(await second.click(list, `end-session-${other}`));
    expect(await told()).toEqual([sids[0], sids[2]]);
    expect(await isSignedIn(third, target)).toBe(false);
    // All of them.
    const last = await signedIn();
    await second.click(after, 'sign-out-everywhere');
    expect((await told()).slice(2).toSorted()).toEqual([sids[1], last.claims.sid].toSorted());
    expect(await isSignedIn(first, target)).toBe(true);
  });

  test('SL-030: signing in again in the same browser is no end', async () => {
    const { browser } = await signedIn();
    await signIn(browser, target, user);
    expect(mailbox.posts).toEqual([]);
    await browser.click(pageOf(await browser.open(logoutUrl(target))), 'logout-confirm');
    expect(mailbox.posts).toHaveLength(1);
  });
});
