import { afterAll, beforeAll, expect, test } from 'vitest';
import { attribute, Browser, type Page } from '../support/browser.ts';
import { addApp, logoutUrl, Mailbox, signInTo } from '../support/logout.ts';
import { isSignedIn, leftTo, pageOf } from '../support/pages.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const home = 'https://print.example/bye';
const print = 'https://print.example/front?a=b%20c&a=+d';
const frame = 'http://localhost:9001/front';

function framesOf({ html }: Page): string[] {
  return [...html.matchAll(/<iframe\b[^>]*>/g)].map(([tag]) => attribute(tag, 'src') ?? '');
}

function policyOf({ headers }: Page): Map<string, string> {
  const directives = (headers.get('content-security-policy') ?? '').split('; ');
  return new Map(directives.map((text) => [text.split(' ')[0] ?? '', text.split(' ').slice(1).join(' ')]));
}

describeTargets((open) => {
  const mailbox = new Mailbox();
  let target: RestartableTarget;
  let app: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    target = await open({ fetcher: mailbox, config: { features: { frontChannelLogout: true } } });
    app = await addApp(target, { logout: { frontchannelUri: print, postLogoutRedirectUris: [home] } });
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  const signedIn = async (to = app) => {
    const browser = new Browser(target.fetch);
    return { browser, ...(await signInTo(to, { target, browser, user })) };
  };
  const frameUrl = (uri: string, sid: unknown) =>
    `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ iss: target.issuer, sid: String(sid) })}`;

  test('SL-050, SL-051: a frame for each app of the session, its query kept, and no source beside them; then the way back', async () => {
    const metadata = await target.fetch(new Request(`${target.issuer}/.well-known/openid-configuration`));
    expect(await metadata.json()).toMatchObject({
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
    });
    const other = await addApp(target, {
      logout: { frontchannelUri: frame, frontchannelSessionRequired: true },
    });
    await addApp(target, { logout: { frontchannelUri: 'https://absent.example/front' } });
    const { browser, ...first } = await signedIn();
    const second = await signInTo(other, { target, browser, user });
    const page = pageOf(
      await browser.open(
        logoutUrl(target, { id_token_hint: first.idToken, post_logout_redirect_uri: home, state: 'a b' }),
      ),
    );
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/logged-out']);
    expect(await isSignedIn(browser, target)).toBe(false);
    const wanted = [frameUrl(print, first.claims.sid), frameUrl(frame, second.claims.sid)];
    expect(framesOf(page).toSorted()).toEqual(wanted.toSorted());
    const policy = policyOf(page);
    expect(policy.get('frame-src')?.split(' ').toSorted()).toEqual([
      'http://localhost:9001',
      'https://print.example',
    ]);
    expect([policy.get('frame-ancestors'), page.headers.get('x-frame-options')]).toEqual(["'none'", 'DENY']);
    const link = /<a\b[^>]*id="logout-continue"[^>]*>/.exec(page.html)?.[0] ?? '';
    expect(attribute(link, 'href')).toBe(`${home}?state=a+b`);
    expect(page.html).toContain(`<meta http-equiv="refresh" content="0;url=${home}?state=a+b">`);
  });

  test('SL-050: a person who signs out by herself has the frames loaded too, and goes nowhere', async () => {
    const signOuts = [
      ['/logout', 'logout-confirm'],
      ['/account/sessions', 'sign-out-everywhere'],
    ] as const;
    for (const [path, button] of signOuts) {
      const { browser, claims } = await signedIn();
      const question = pageOf(await browser.open(target.issuer + path));
      const page = pageOf(await browser.click(question, button));
      expect(framesOf(page)).toEqual([frameUrl(print, claims.sid)]);
      expect(page.html).not.toContain('http-equiv');
      // A reload shows the same, to this browser and to no other.
      expect(framesOf(pageOf(await browser.open(page.url)))).toHaveLength(1);
      expect(framesOf(pageOf(await new Browser(target.fetch).open(page.url)))).toEqual([]);
    }
  });

  test('SL-051: a page without frames allows none', async () => {
    const plain = await addApp(target, { logout: { postLogoutRedirectUris: [home] } });
    const { browser, idToken } = await signedIn(plain);
    const back = await browser.open(
      logoutUrl(target, { id_token_hint: idToken, post_logout_redirect_uri: home }),
    );
    expect(leftTo(back).href).toBe(home);
    const page = pageOf(
      await browser.open(`${target.issuer}/logged-out?ticket=x&frames=https://evil.example`),
    );
    expect([framesOf(page), policyOf(page).has('frame-src')]).toEqual([[], false]);
  });

  test('SL-053: an app that registered both is told by the back channel, whatever browsers make of the frame', async () => {
    const backchannelUri = 'https://both.example/back';
    const both = await addApp(target, {
      logout: { backchannelUri, frontchannelUri: 'https://both.example/front' },
    });
    const { browser, claims } = await signedIn(both);
    const page = pageOf(await browser.click(pageOf(await browser.open(logoutUrl(target))), 'logout-confirm'));
    expect(mailbox.tokensAt(backchannelUri)).toHaveLength(1);
    expect(framesOf(page)).toEqual([frameUrl('https://both.example/front', claims.sid)]);
  });
});

describeHandler((open) => {
  test('SL-050: where the feature is off there are no frames, and nothing of it in the metadata', async () => {
    const target = await open();
    const [app, user] = [
      await addApp(target, { logout: { frontchannelUri: print, postLogoutRedirectUris: [home] } }),
      await target.addUser(),
    ];
    const browser = new Browser(target.fetch);
    const { idToken } = await signInTo(app, { target, browser, user });
    const back = await browser.open(
      logoutUrl(target, { id_token_hint: idToken, post_logout_redirect_uri: home }),
    );
    expect(leftTo(back).href).toBe(home);
    const metadata = await target.fetch(new Request(`${target.issuer}/.well-known/openid-configuration`));
    expect(Object.keys(await metadata.json())).not.toContain('frontchannel_logout_supported');
  });
});
