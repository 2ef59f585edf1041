import { accessTokenHash, type JsonObject } from '@valetkey/jwt';
import { Recent } from './recent.ts';
import { invalidToken } from './refusal.ts';

/** Asks the authorization server about tokens; an inactive one is `invalid_token`. */
export interface Introspector {
  /** The answer for an active token (RFC 7662 §2.2), which may be one that was kept for a while. */
  (token: string): Promise<JsonObject>;
  /** The same, asked for this call. */
  anew(token: string): Promise<JsonObject>;
}

interface Source {
  /** The answer of the server, active or not. */
  readonly ask: (token: string) => Promise<JsonObject>;
  /** Milliseconds an active answer may be used again. */
  readonly cacheFor: number;
  readonly now: () => number;
}

const MOST = 10_000;

/** Asks by one request a token however many wait, and keeps active answers for a while, under the token's hash. */
export function introspector({ ask, cacheFor, now }: Source): Introspector {
  const kept = new Recent<{ answer: JsonObject; until: number }>(MOST);
  const flights = new Map<string, Promise<JsonObject>>();

  async function anew(token: string): Promise<JsonObject> {
    const answer = await ask(token);
    if (answer.active !== true)
      throw invalidToken('RS-020', 'the authorization server calls the token inactive');
    return answer;
  }

  async function load(token: string, hash: string): Promise<JsonObject> {
    const answer = await anew(token);
    // RFC 7662 §4: an answer is not used beyond the token's expiry.
    const expiry = typeof answer.exp === 'number' ? answer.exp * 1000 : 0;
    kept.set(hash, { answer, until: Math.min(now() + cacheFor, expiry) });
    return answer;
  }

  async function recently(token: string): Promise<JsonObject> {
    const hash = await accessTokenHash(token);
    const known = kept.get(hash);
    if (known && now() < known.until) return known.answer;
    const flight = flights.get(hash) ?? load(token, hash).finally(() => flights.delete(hash));
    flights.set(hash, flight);
    return flight;
  }

  return Object.assign(recently, { anew });
}
