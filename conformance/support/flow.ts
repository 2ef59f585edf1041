import { createHash, randomBytes } from 'node:crypto';
import type { Target, TestClient, TestUser } from '../targets/target.ts';
import { Browser, type Page } from './browser.ts';

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export function pkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The parameters of a plain request, with overrides; `undefined` leaves one out. */
export function authorizeUrl(
  target: Target,
  client: TestClient,
  over: Record<string, string | undefined> = {},
): { url: string; verifier: string; state: string } {
  const { verifier, challenge } = pkce();
  const state = randomBytes(12).toString('base64url');
  const parameters = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: client.redirectUri,
    scope: 'photos:read',
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...over,
  };
  const sent = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { url: `${target.issuer}/authorize?${new URLSearchParams(sent)}`, verifier, state };
}

/** Walks from the request to the answer: signs in and approves whenever asked. */
export async function walk(browser: Browser, url: string, user: TestUser): Promise<URL> {
  const at = await walkOn(browser, url, user);
  if ('left' in at) return at.left;
  throw new Error(`Stuck at ${at.url} (${at.status}):\n${at.html}`);
}

/** As far as signing in and approving lead: away, or to a page that asks for neither. */
export async function walkOn(
  browser: Browser,
  url: string,
  user: TestUser,
): Promise<Page | { readonly left: URL }> {
  let at: Page | { readonly left: URL } = await browser.open(url);
  for (let pages = 0; pages < 4; pages += 1) {
    if ('left' in at) return at;
    if (at.html.includes('id="login-submit"')) {
      at = await browser.click(at, 'login-submit', { username: user.username, password: user.password });
    } else if (at.html.includes('id="consent-approve"')) {
      at = await browser.click(at, 'consent-approve');
    } else {
      return at;
    }
  }
  throw new Error('The walk does not end.');
}

export interface Answer {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** A code for this client and person, with what it takes to redeem it. */
export async function obtainCode(
  target: Target,
  client: TestClient,
  user: TestUser,
  over: Record<string, string | undefined> = {},
): Promise<Answer> {
  const { url, verifier } = authorizeUrl(target, client, over);
  const answer = await walk(new Browser(target.fetch), url, user);
  const code = answer.searchParams.get('code');
  if (code === null) throw new Error(`No code came back: ${answer}`);
  return { code, verifier, redirectUri: client.redirectUri };
}

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Calls an endpoint as this client, by the method it registered. */
export async function callAs(
  target: Target,
  client: TestClient,
  path: string,
  fields: Record<string, string | undefined>,
): Promise<TokenAnswer> {
  const method = client.record.authenticationMethod;
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(
    Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  if (method === 'client_secret_basic') headers.authorization = basic(client.id, client.secret);
  else body.set('client_id', client.id);
  if (method === 'client_secret_post') body.set('client_secret', client.secret);
  const response = await target.fetch(
    new Request(`${target.issuer}${path}`, { method: 'POST', headers, body: body.toString() }),
  );
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
}

export function redeem(
  target: Target,
  client: TestClient,
  answer: Answer,
  over: Record<string, string | undefined> = {},
): Promise<TokenAnswer> {
  return callAs(target, client, '/token', {
    grant_type: 'authorization_code',
    code: answer.code,
    redirect_uri: answer.redirectUri,
    code_verifier: answer.verifier,
    ...over,
  });
}

export function refresh(
  target: Target,
  client: TestClient,
  refreshToken: unknown,
  over: Record<string, string | undefined> = {},
): Promise<TokenAnswer> {
  return callAs(target, client, '/token', {
    grant_type: 'refresh_token',
    refresh_token: String(refreshToken),
    ...over,
  });
}

export async function introspect(
  target: Target,
  caller: TestClient,
  token: unknown,
): Promise<Record<string, unknown>> {
  return (await callAs(target, caller, '/introspect', { token: String(token) })).body;
}
