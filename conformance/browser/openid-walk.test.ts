import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inProcess } from '../targets/in-process.ts';
import { openPort, type Port } from '../targets/port.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';
import { launchChromium } from './chromium.ts';
import { expectReadable, screens } from './readable.ts';

const payment = {
  title: 'Make a payment',
  schema: {
    type: 'object',
    properties: {
      type: { type: 'string' },
      amount: { type: 'string' },
      creditor: { type: 'string' },
    },
    required: ['type', 'amount', 'creditor'],
  },
  labels: { '/amount': 'Amount', '/creditor': 'To' },
};

let chromium: Browser;
beforeAll(async () => {
  chromium = await launchChromium();
});
afterAll(() => chromium.close());

describe.each(screens)('OpenID Connect in Chromium ($name)', ({ viewport, colorScheme }) => {
  let server: Target;
  let auth: Port;
  let shop: Port;
  let client: TestClient;
  let ada: TestUser;
  let page: Page;
  const complaints: string[] = [];
  const heard: string[] = [];

  beforeAll(async () => {
    [auth, shop] = await Promise.all([openPort(), openPort()]);
    server = await inProcess({
      config: {
        issuer: auth.url,
        features: { signUp: true, frontChannelLogout: true },
        authorizationDetails: { payment },
      },
    });
    auth.answerWith((request) => server.fetch(request));
    shop.answerWith(async (request) => {
      const url = new URL(request.url);
      heard.push(`${request.method} ${url.pathname}`);
      const told = request.method === 'POST' ? await request.text() : url.search.slice(1);
      const body = `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1><p id="told">${[...new URLSearchParams(told).keys()]}</p>`;
      return new Response(body, { headers: { 'content-type': 'text/html' } });
    });
    client = await server.addClient({
      redirectUris: [`${shop.url}/callback`],
      scopes: ['openid', 'profile', 'email', 'offline_access', 'photos:read'],
      homepage: shop.url,
      logout: { postLogoutRedirectUris: [`${shop.url}/bye`], frontchannelUri: `${shop.url}/forget` },
    });
    ada = await server.addUser({ username: 'ada' });
    const context = await chromium.newContext({ viewport, colorScheme });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  afterAll(async () => {
    await page.context().close();
    await Promise.all([auth.close(), shop.close()]);
    await server.stop();
  });

  const ask = (over: Record<string, string> = {}) =>
    page.goto(
      `${auth.url}/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: client.id,
        redirect_uri: `${shop.url}/callback`,
        scope: 'openid profile photos:read',
        state: 'x',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        ...over,
      })}`,
    );

  test('a new person makes an account, reads what is asked for in plain words, and is posted back (AZ-024, AZ-057, AZ-097)', async () => {
    await ask({
      prompt: 'create',
      response_mode: 'form_post',
      authorization_details: JSON.stringify([
        { type: 'payment', amount: '12.50 EUR', creditor: 'Photo Lab' },
      ]),
    });
    await expectReadable(page);
    await page.fill('[name=name]', 'Grace Hopper');
    await page.fill('[name=username]', 'grace');
    await page.fill('[name=password]', 'a moth in the relay of Mark II');
    await page.fill('[name=password_again]', 'a moth in the relay of Mark II');
    await page.click('#sign-up-submit');
    expect(new URL(page.url()).pathname).toBe('/consent');
    const question = await page.textContent('main');
    for (const words of ['Make a payment', '12.50 EUR', 'Photo Lab', 'see your photos']) {
      expect(question).toContain(words);
    }
    await expectReadable(page);
    await page.click('#consent-approve');
    await page.waitForURL(`${shop.url}/callback`);
    expect(await page.textContent('#told')).toBe('code,state,iss');
    expect(heard.at(-1)).toBe('POST /callback');
  });

  test('she may be another one today (AZ-056)', async () => {
    await ask({ prompt: 'select_account' });
    await expectReadable(page);
    await page.click('#account-other');
    await page.fill('#username', ada.username);
    await page.fill('#password', ada.password);
    await page.click('#login-submit');
    await page.click('#consent-approve');
    await page.waitForURL(/callback\?code=/);
  });

  test('what is wrong with a request of the app is told to the app', async () => {
    await ask({ max_age: 'soon' });
    expect(page.url()).toContain('error=invalid_request');
  });

  test('signing out asks, tells the app in a frame, and goes back to it (SL-050, SL-051)', async () => {
    // The app is signed in to once its code is redeemed; that is between the servers, so it is noted by hand here.
    const session = server.events.findLast(({ type }) => type === 'sign_in.succeeded');
    const sessionId = session?.type === 'sign_in.succeeded' ? session.sessionId : '';
    await server.store.sessions.enter({ sessionId, clientId: client.id, now: server.now() });
    await page.goto(
      `${auth.url}/logout?${new URLSearchParams({ client_id: client.id, post_logout_redirect_uri: `${shop.url}/bye`, state: 's' })}`,
    );
    await expectReadable(page);
    await page.click('#logout-confirm');
    await page.waitForURL(`${shop.url}/bye?state=s`);
    expect(heard).toContain('GET /forget');
    await ask({ prompt: 'none' });
    expect(page.url()).toContain('error=login_required');
  });

  test('no page broke its own security policy', () => {
    const meant = /^Failed to load resource|allow-scripts and allow-same-origin/;
    expect(complaints.filter((text) => !meant.test(text))).toEqual([]);
  });
});
