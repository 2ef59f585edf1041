import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { expectReadable, screens } from './readable.ts';
import { startThreeParties, type ThreeParties } from './three-parties.ts';

let chromium: Browser;
beforeAll(async () => {
  chromium = await launchChromium();
});
afterAll(() => chromium.close());

describe.each(screens)('in Chromium ($name)', ({ viewport, colorScheme }) => {
  let parties: ThreeParties;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    parties = await startThreeParties();
    const context = await chromium.newContext({ viewport, colorScheme });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  afterAll(async () => {
    await page.context().close();
    await parties.stop();
  });

  const look = () => expectReadable(page);

  test('a person signs in, allows, and sees her photos (AZ-050, AZ-070, SB-020)', async () => {
    await page.goto(`${parties.shopUrl}/login`);
    expect(new URL(page.url()).origin).toBe(parties.server.issuer);
    expect(new URL(page.url()).pathname).toBe('/login');
    await look();
    await page.fill('#username', parties.ada.username);
    await page.fill('#password', parties.ada.password);
    await page.click('#login-submit');
    expect(new URL(page.url()).pathname).toBe('/consent');
    expect(await page.textContent('main')).toContain('see your photos');
    await look();
    await page.click('#consent-approve');
    await page.waitForURL(`${parties.shopUrl}/photos`);
    const photos = page.locator('#photo-list img');
    expect(await photos.count()).toBeGreaterThan(0);
    expect(await photos.first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await look();
  });

  test('the browser never sees a token, a code stays out of the final address', async () => {
    const storage = JSON.stringify(await page.context().storageState());
    const html = await page.content();
    for (const text of [storage, html, page.url()]) expect(text).not.toMatch(/vkr1_|vkc1_|vka1_|eyJ/);
  });

  test('a refresh gives a new access token', async () => {
    await page.goto(`${parties.shopUrl}/refresh`);
    await page.waitForSelector('#refresh-result');
    expect(parties.server.events.some((event) => event.type === 'grant.refreshed')).toBe(true);
    await look();
  });

  test('the second visit asks nothing: she is signed in and has allowed it (AZ-071)', async () => {
    await page.goto(`${parties.shopUrl}/login`);
    expect(page.url()).toBe(`${parties.shopUrl}/photos`);
  });

  test('she sees the app among her connected apps and her session, and the pages read well', async () => {
    for (const path of ['/', '/account/sessions', '/logout', '/account']) {
      await page.goto(parties.server.issuer + path);
      await look();
    }
    expect(await page.textContent('main')).toContain('Print Shop');
  });

  test('disconnecting at the server cuts the shop off at once (SB-034)', async () => {
    await page.click('#revoke-1');
    await page.waitForSelector('text=/disconnected/i');
    await look();
    await page.goto(`${parties.shopUrl}/refresh`);
    expect(await page.locator('#refresh-result').count()).toBe(0);
    await look();
  });

  test('connecting again asks again, and cancel goes back to the shop with access_denied', async () => {
    await page.goto(`${parties.shopUrl}/login`);
    expect(new URL(page.url()).pathname).toBe('/consent');
    await page.click('#consent-deny');
    expect(new URL(page.url()).origin).toBe(parties.shopUrl);
    expect(await page.textContent('#error-code')).toContain('access_denied');
    await page.goto(`${parties.shopUrl}/login`);
    await page.click('#consent-approve');
    await page.waitForURL(`${parties.shopUrl}/photos`);
  });

  test('disconnecting at the shop revokes the grant', async () => {
    await page.goto(parties.shopUrl);
    await page.click('#disconnect-submit');
    await page.waitForSelector('#not-connected');
    expect(parties.server.events.findLast((event) => event.type === 'grant.revoked')).toMatchObject({
      why: 'revoked_by_client',
    });
  });

  test('signing out ends the session', async () => {
    await page.goto(`${parties.server.issuer}/logout`);
    await page.click('#logout-confirm');
    await page.waitForSelector('#logged-out');
    await look();
    await page.goto(`${parties.shopUrl}/login`);
    expect(new URL(page.url()).pathname).toBe('/login');
  });

  test('everything works with the keyboard alone', async () => {
    await page.locator('#username').focus();
    await page.keyboard.type(parties.ada.username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(parties.ada.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${parties.shopUrl}/photos`);
  });

  test('an unknown app stays at an error page that reads well (AZ-010, AZ-074)', async () => {
    await page.goto(`${parties.server.issuer}/authorize?client_id=nobody&redirect_uri=https://evil.example`);
    expect(new URL(page.url()).pathname).toBe('/authorize');
    expect(await page.textContent('#error-reference')).toMatch(/^[0-9A-Z]{8}$/);
    await look();
  });

  test('no page broke its own security policy', () => {
    // Chromium also reports the statuses of pages that are meant to fail.
    expect(complaints.filter((text) => !text.startsWith('Failed to load resource'))).toEqual([]);
  });
});

test('the flow needs no JavaScript (12.3)', async () => {
  const parties = await startThreeParties();
  const context = await chromium.newContext({ javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    await page.goto(`${parties.shopUrl}/login`);
    await page.fill('#username', parties.ada.username);
    await page.fill('#password', parties.ada.password);
    await page.click('#login-submit');
    await page.click('#consent-approve');
    expect(page.url()).toBe(`${parties.shopUrl}/photos`);
  } finally {
    await context.close();
    await parties.stop();
  }
});
