import { expect } from 'vitest';
import type { Target, TestClient, TestUser } from '../targets/target.ts';
import { Browser, type Page, textOf } from './browser.ts';
import { authorizeUrl, redeem, walk } from './flow.ts';

/** What one request to a page was answered, with no redirect followed. */
export interface Outcome {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly location: URL | null;
}

export async function outcomeOf(target: Target, response: Response): Promise<Outcome> {
  const location = response.headers.get('location');
  return {
    status: response.status,
    headers: response.headers,
    html: await response.text(),
    location: location === null ? null : new URL(location, target.issuer),
  };
}

/** A GET from a browser that was never here. */
export async function ask(target: Target, url: string): Promise<Outcome> {
  return outcomeOf(target, await new Browser(target.fetch).get(url));
}

/** The same request in a form body. */
export async function askByPost(target: Target, url: string): Promise<Outcome> {
  const { search } = new URL(url);
  const request = {
    method: 'POST',
    body: search.slice(1),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
  return outcomeOf(target, await new Browser(target.fetch).send(`${target.issuer}/authorize`, request));
}

/** Told to the person, and nobody is sent anywhere. */
export function expectPage(outcome: Outcome, code = 'invalid_request'): void {
  expect([outcome.status, outcome.headers.get('location')], outcome.headers.get('location') ?? '').toEqual([
    400,
    null,
  ]);
  expect(outcome.headers.get('content-type')).toMatch(/^text\/html/);
  expect(outcome.headers.get('refresh')).toBeNull();
  expect(outcome.html).not.toMatch(/http-equiv|<script|<form|<iframe/i);
  expect(textOf(outcome.html, 'error-code')).toBe(code);
}

/** Told to the client, at the address it registered and with what RFC 6749 and RFC 9207 want beside the error. */
export function expectRedirectError(
  outcome: Outcome,
  error: string,
  to: { target: Target; client: TestClient; state: string | null },
): URL {
  const { location } = outcome;
  if (location === null) return expect.unreachable(`No redirect: ${outcome.status} ${outcome.html}`);
  const { searchParams } = location;
  expect([searchParams.get('error'), outcome.status], `${location}`).toEqual([error, 303]);
  expect(location.href.startsWith(to.client.redirectUri)).toBe(true);
  expect(searchParams.get('state')).toBe(to.state);
  expect(searchParams.get('iss')).toBe(to.target.issuer);
  expect(searchParams.has('code')).toBe(false);
  for (const name of ['error', 'error_description'])
    expect(searchParams.get(name)).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  return location;
}

/** The request was found good: the person is asked to sign in. */
export function expectSignIn(target: Target, outcome: Outcome): void {
  expect([outcome.status, outcome.location?.origin, outcome.location?.pathname], outcome.html).toEqual([
    303,
    target.issuer,
    '/login',
  ]);
}

/** A refusal must not have spoiled anything: a good request still ends in tokens. */
export async function expectStillWorks(target: Target, client: TestClient, user: TestUser): Promise<void> {
  const { url, verifier, state } = authorizeUrl(target, client);
  const answer = await walk(new Browser(target.fetch), url, user);
  expect(answer.searchParams.get('state')).toBe(state);
  const code = answer.searchParams.get('code') ?? '';
  const tokens = await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
  expect(tokens.status).toBe(200);
}

/** The page a browser stands at. */
export function pageOf(at: Page | { readonly left: URL }): Page {
  return 'left' in at ? expect.unreachable(`The browser left for ${at.left}`) : at;
}

/** The address a browser left for. */
export function leftFor(at: Page | { readonly left: URL }): URL {
  return 'left' in at ? at.left : expect.unreachable(`Still at ${at.url} (${at.status}): ${at.html}`);
}

/** Opens the address as somebody who is not signed in, and signs in: what comes next. */
export async function signInAt(
  browser: Browser,
  url: string,
  user: TestUser,
): Promise<Page | { readonly left: URL }> {
  const { username, password } = user;
  return browser.click(pageOf(await browser.open(url)), 'login-submit', { username, password });
}
