import { expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { authorizeUrl } from '../support/flow.ts';
import { addApp, logoutUrl, signInTo } from '../support/logout.ts';
import { pageOf } from '../support/pages.ts';
import { inProcess } from '../targets/in-process.ts';

const home = 'https://print.example/bye';

/** Every page that names an app, with an app that registered itself and says where it is at home. */
async function pagesNaming(homepage: string): Promise<Record<string, string>> {
  const target = await inProcess({ config: { features: { signUp: true } } });
  const client = await addApp(target, {
    name: 'Print Shop',
    origin: 'registered',
    consent: 'ask',
    homepage,
    logout: { postLogoutRedirectUris: [home] },
  });
  const user = await target.addUser();
  const browser = new Browser(target.fetch);
  const open = async (url: string) => pageOf(await browser.open(url)).html;
  const asking = (over: Record<string, string>) =>
    open(authorizeUrl(target, client, { scope: 'openid photos:read', ...over }).url);
  const before = { 'sign in': await asking({}), 'sign up': await asking({ prompt: 'create' }) };
  const { idToken } = await signInTo(client, { target, browser, user });
  const signedIn = {
    consent: await asking({ prompt: 'consent' }),
    'account choice': await asking({ prompt: 'select_account' }),
    apps: await open(`${target.issuer}/account`),
    sessions: await open(`${target.issuer}/account/sessions`),
  };
  const logout = pageOf(await browser.open(logoutUrl(target, { id_token_hint: idToken })));
  const after = pageOf(await browser.click(logout, 'logout-confirm'));
  return { ...before, ...signedIn, 'sign out': logout.html, goodbye: after.html };
}

test('MD-039: a homepage that shares no host with a redirect URI stands beside the name of no app that registered itself', async () => {
  for (const [page, html] of Object.entries(await pagesNaming('https://bank.example/'))) {
    expect([page, html.includes('Print Shop'), html.includes('bank.example')]).toEqual([
      page,
      page !== 'goodbye',
      false,
    ]);
  }
});

test('MD-039: one that does stands on all of them', async () => {
  for (const [page, html] of Object.entries(await pagesNaming('https://print.example/about')))
    expect([page, html.includes('https://print.example/about')]).toEqual([page, true]);
});
