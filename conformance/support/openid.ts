import { hash } from 'node:crypto';
import {
  createLocalJWKSet,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import { expect } from 'vitest';
import type { Target, TestClient, TestUser } from '../targets/target.ts';
import { Browser } from './browser.ts';
import { authorizeUrl, redeem, type TokenAnswer, walk } from './flow.ts';
import { leftTo } from './pages.ts';

/** All scopes of OpenID Connect, and one of an API. */
export const everyScope = [
  ...['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
  'photos:read',
];

/** Puts in a client that may ask who somebody is. */
export function addOpenIdClient(
  target: Target,
  over: Partial<TestClient['record']> = {},
): Promise<TestClient> {
  return target.addClient({ scopes: everyScope, ...over });
}

/** What an ID token says, once its signature is found good. */
export interface ReadIdToken {
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload & Record<string, unknown>;
}

/** Reads an ID token as a careful client does (OpenID Connect Core §3.1.3.7), with the keys that are published. */
export async function readIdToken(
  target: Target,
  client: TestClient,
  idToken: unknown,
): Promise<ReadIdToken> {
  const { payload, protectedHeader } = await jwtVerify(String(idToken), await publishedKeys(target), {
    issuer: target.issuer,
    audience: client.id,
    currentDate: new Date(target.now()),
  });
  return { header: protectedHeader, claims: payload };
}

export async function publishedKeys(target: Target): Promise<ReturnType<typeof createLocalJWKSet>> {
  const response = await target.fetch(new Request(`${target.issuer}/jwks`));
  return createLocalJWKSet((await response.json()) as JSONWebKeySet);
}

/** A whole flow at one browser: the tokens, and what the ID token says. */
export interface SignedIn extends ReadIdToken {
  readonly tokens: TokenAnswer;
  readonly access: string;
}

export interface Asking {
  readonly client: TestClient;
  readonly user: TestUser;
  readonly browser?: Browser;
  readonly over?: Record<string, string | undefined>;
}

/** Asks with scope `openid`, signs in and approves whenever asked, redeems. */
export async function signInWith(target: Target, asking: Asking): Promise<SignedIn> {
  const { client, user, browser = new Browser(target.fetch), over } = asking;
  const { url, verifier } = authorizeUrl(target, client, { scope: 'openid', ...over });
  const answer = await walk(browser, url, user);
  return redeemAnswer(target, client, { answer, verifier });
}

/** The tokens for an answer with a code. */
export async function redeemAnswer(
  target: Target,
  client: TestClient,
  { answer, verifier }: { answer: URL; verifier: string },
): Promise<SignedIn> {
  const code = answer.searchParams.get('code');
  if (code === null) return expect.unreachable(`No code came back: ${answer}`);
  const tokens = await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
  expect(tokens.status, JSON.stringify(tokens.body)).toBe(200);
  const read = await readIdToken(target, client, tokens.body.id_token);
  return { ...read, tokens, access: String(tokens.body.access_token) };
}

/** A request that is answered without any page. */
export async function silently(
  target: Target,
  client: TestClient,
  { browser, over = {} }: { browser: Browser; over?: Record<string, string | undefined> },
): Promise<{ answer: URL; verifier: string; state: string }> {
  const { url, verifier, state } = authorizeUrl(target, client, { scope: 'openid', ...over });
  return { answer: leftTo(await browser.open(url)), verifier, state };
}

/** GET /userinfo with the token in the header. */
export function askUserinfo(
  target: Target,
  token: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return target.fetch(
    new Request(`${target.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}`, ...headers } }),
  );
}

export async function claimsAtUserinfo(target: Target, token: string): Promise<Record<string, unknown>> {
  const response = await askUserinfo(target, token);
  expect(response.status, response.headers.get('www-authenticate') ?? '').toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

/** OpenID Connect Core §3.1.3.6: the left half of the hash of an ASCII text. */
export function leftHalfHash(algorithm: 'sha256' | 'sha384' | 'sha512', text: string): string {
  const digest = hash(algorithm, text, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

/** A person with every standard claim (OpenID Connect Core §5.1). */
export const fullProfile = {
  family_name: 'Lovelace',
  given_name: 'Ada',
  middle_name: 'Augusta',
  nickname: 'Ada',
  preferred_username: 'countess',
  profile: 'https://ada.example/',
  picture: 'https://ada.example/ada.png',
  website: 'https://engine.example/',
  gender: 'female',
  birthdate: '1815-12-10',
  zoneinfo: 'Europe/London',
  locale: 'en-GB',
  updated_at: 1_700_000_000,
  email: 'ada@example.org',
  email_verified: true,
  address: { formatted: '12 St James Square\nLondon', country: 'GB' },
  phone_number: '+44 20 7946 0000',
  phone_number_verified: false,
} as const;
