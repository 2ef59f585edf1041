import type { Client, Fetched, Fetcher, OutgoingRequest } from '@valetkey/server';
import { decodeJwt, type JWTPayload } from 'jose';
import { expect } from 'vitest';
import type { Target, TestClient, TestUser } from '../targets/target.ts';
import type { Browser } from './browser.ts';
import { authorizeUrl, redeem, walk } from './flow.ts';

/** An app that people sign in to, with what it registers for logout. */
export function addApp(target: Target, over: Partial<Client> = {}): Promise<TestClient> {
  const scopes = ['openid', 'offline_access', 'photos:read'];
  return target.addClient({ consent: 'implied', scopes, ...over });
}

export interface SignedIn {
  readonly idToken: string;
  readonly claims: JWTPayload;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Signs the person in to an app with this browser, as far as its tokens. */
export async function signInTo(
  app: TestClient,
  { target, browser, user }: { target: Target; browser: Browser; user: TestUser },
  scope = 'openid photos:read',
): Promise<SignedIn> {
  const { url, verifier } = authorizeUrl(target, app, { scope });
  const code = (await walk(browser, url, user)).searchParams.get('code') ?? '';
  const { status, body } = await redeem(target, app, { code, verifier, redirectUri: app.redirectUri });
  expect(status).toBe(200);
  const idToken = String(body.id_token);
  return {
    idToken,
    claims: decodeJwt(idToken),
    accessToken: String(body.access_token),
    refreshToken: String(body.refresh_token),
  };
}

/** A logout request, as an app writes it; `undefined` leaves a parameter out. */
export function logoutUrl(target: Target, fields: Record<string, string | undefined> = {}): string {
  const sent = Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `${target.issuer}/logout?${new URLSearchParams(sent)}`;
}

/** Whether this browser is signed in, by asking for an answer without a page. */
export async function signedInFor(browser: Browser, target: Target, app: TestClient): Promise<string> {
  const { url } = authorizeUrl(target, app, { prompt: 'none', scope: 'openid photos:read' });
  const response = await browser.copy().get(url);
  const answer = new URL(response.headers.get('location') ?? '', target.issuer).searchParams;
  return answer.get('error') ?? (answer.has('code') ? 'signed in' : 'neither');
}

/** Where apps get what is posted to them. Hosts that begin with `down` do not answer. */
export class Mailbox implements Fetcher {
  readonly posts: OutgoingRequest[] = [];

  async fetch(request: OutgoingRequest): Promise<Fetched> {
    this.posts.push(request);
    if (new URL(request.url).hostname.startsWith('down'))
      return { outcome: 'failed', why: 'it answered 500' };
    return { outcome: 'fetched', status: 200, mediaType: '', body: '', freshForSeconds: null };
  }

  /** The logout tokens that were posted to an address. */
  tokensAt(url: string): string[] {
    return this.posts
      .filter((post) => post.url === url)
      .map(({ form }) => new URLSearchParams(form).get('logout_token') ?? '');
  }
}
