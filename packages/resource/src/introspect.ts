import { base64url } from 'jose';
import { type Access, accessOf } from './access.ts';
import { checkAudience, checkConfirmation, checkScope, checkTimes } from './claims.ts';
import type { IntrospectionAuthentication } from './introspection-credentials.ts';
import { type Fetch, fetchJson } from './outgoing.ts';
import { invalidToken, outage } from './refusal.ts';
import type { JsonObject } from './strict-json.ts';

/** Gives the introspection answer for an active token (RFC 7662 §2.2); an inactive one is `invalid_token`. */
export type Introspector = (token: string) => Promise<JsonObject>;

interface Source {
  readonly endpoint: () => Promise<string>;
  readonly authentication: IntrospectionAuthentication;
  /** Milliseconds an active answer may be used again. */
  readonly cacheFor: number;
  readonly fetch: Fetch;
  readonly now: () => number;
}

const MOST = 10_000;

/** Asks by one request a token however many wait, and keeps active answers for a while, under the token's hash. */
export function introspector(source: Source): Introspector {
  const kept = new Map<string, { answer: JsonObject; until: number }>();
  const flights = new Map<string, Promise<JsonObject>>();

  async function load(token: string, hash: string): Promise<JsonObject> {
    const answer = await ask(source, token);
    // RFC 7662 §4: an answer is not used beyond the token's expiry.
    const expiry = typeof answer.exp === 'number' ? answer.exp * 1000 : 0;
    keep(kept, hash, { answer, until: Math.min(source.now() + source.cacheFor, expiry) });
    return answer;
  }

  return async (token) => {
    const hash = await sha256(token);
    const known = kept.get(hash);
    if (known && source.now() < known.until) return known.answer;
    const flight = flights.get(hash) ?? load(token, hash).finally(() => flights.delete(hash));
    flights.set(hash, flight);
    return flight;
  };
}

/** Checks an active answer as if it were a JWT: `active` alone is not enough. RFC 7662 §4 */
export function accessByIntrospection(
  answer: JsonObject,
  expected: { issuer: string; audience: string; now: number; leeway: number },
): Access {
  const { iss, token_type: type } = answer;
  if (iss !== undefined && iss !== expected.issuer)
    throw invalidToken('RS-013', 'iss is not the introspecting server');
  if (type !== undefined && (typeof type !== 'string' || type.toLowerCase() !== 'bearer')) {
    throw invalidToken('RS-018', 'token_type is not Bearer');
  }
  checkAudience(answer, expected.audience);
  checkTimes(answer, expected);
  checkScope(answer);
  checkConfirmation(answer);
  return accessOf(expected.issuer, answer);
}

async function ask({ endpoint, authentication, fetch }: Source, token: string): Promise<JsonObject> {
  const headers = new Headers();
  const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
  authentication({ headers, body });
  const answer = await fetchJson(fetch, await endpoint(), { method: 'POST', headers, body });
  if (typeof answer.active !== 'boolean') {
    throw outage('the introspection answer does not say whether the token is active');
  }
  if (!answer.active) throw invalidToken('RS-020', 'the authorization server calls the token inactive');
  return answer;
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  const [oldest] = map.keys();
  if (map.size >= MOST && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return base64url.encode(new Uint8Array(digest));
}
