import { expect } from 'vitest';
import type { Target, TestUser } from '../targets/target.ts';
import type { Browser, Page } from './browser.ts';

export type Place = Page | { readonly left: URL };

/** Still on a page of the server. */
export function pageOf(place: Place): Page {
  if ('left' in place) return expect.unreachable(`The browser was sent to ${place.left}`);
  return place;
}

/** Sent to the client. */
export function leftTo(place: Place): URL {
  if (!('left' in place))
    return expect.unreachable(`Still at ${place.url} (${place.status}):\n${place.html}`);
  return place.left;
}

/** Types name and password into the page and sends them. */
export function enterPassword(
  browser: Browser,
  page: Place,
  user: TestUser,
  password = user.password,
): Promise<Place> {
  return browser.click(pageOf(page), 'login-submit', { username: user.username, password });
}

/** Signs in to the account pages, and stands at the connected apps. */
export async function signIn(browser: Browser, target: Target, user: TestUser): Promise<Page> {
  const page = pageOf(await enterPassword(browser, await browser.open(`${target.issuer}/login`), user));
  expect([page.status, new URL(page.url).pathname], page.html).toEqual([200, '/account']);
  return page;
}

/** Whether this browser is somebody's: the account pages are open to it. */
export async function isSignedIn(browser: Browser, target: Target): Promise<boolean> {
  const response = await browser.copy().get(`${target.issuer}/account`);
  expect([200, 303]).toContain(response.status);
  if (response.status === 303) expect(response.headers.get('location')).toBe('/login');
  return response.status === 200;
}

/** The value of a hidden field of the page's forms. */
export function fieldOf(page: Page, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(page.html)?.[1] ?? '';
}
