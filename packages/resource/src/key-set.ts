import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import { type Fetch, fetchJson } from './outgoing.ts';
import { readPublicKeys } from './public-keys.ts';
import { outage } from './refusal.ts';
import { type Remembered, remembered } from './remembered.ts';
import type { ServerMetadata } from './server-metadata.ts';

/** The parts of a JWS header that choose a key. */
export interface KeyQuestion {
  readonly alg: string;
  readonly kid?: string;
}

/** Gives the keys of one issuer that fit a header; none, if none does. */
export type KeySet = (question: KeyQuestion) => Promise<readonly CryptoKey[]>;

type Selector = ReturnType<typeof createLocalJWKSet>;

/** Keys that were configured. */
export function fixedKeySet(keys: JSONWebKeySet): KeySet {
  const selector = createLocalJWKSet(readPublicKeys({ ...keys }, 'jwks'));
  return (question) => fitting(selector, question);
}

interface Source {
  readonly issuer: string;
  readonly metadata: Remembered<ServerMetadata>;
  readonly fetch: Fetch;
  readonly now: () => number;
}

/**
 * Keys behind the issuer's `jwks_uri`: read every ten minutes, and once more on an unknown `kid`, with 30 s between two
 * reads however many made-up ones arrive (MD-025). While reading fails, the last set is trusted for an hour (MD-027).
 */
export function remoteKeySet({ issuer, metadata, fetch, now }: Source): KeySet {
  const keys = remembered({
    async read(): Promise<Selector> {
      const { jwksUri } = await metadata.current();
      if (jwksUri === undefined) throw outage(`the metadata of ${issuer} has no https jwks_uri`);
      return createLocalJWKSet(readPublicKeys(await fetchJson(fetch, jwksUri), jwksUri));
    },
    now,
    fresh: 600_000,
    usable: 3600_000,
    coolDown: 30_000,
  });
  return async (question) => {
    const known = await fitting(await keys.current(), question);
    return known.length > 0 ? known : fitting(await keys.renewed(), question);
  };
}

/** RFC 7515 §6: by kid, kty, alg, use and crv; without kid only if exactly one key fits. */
async function fitting(selector: Selector, question: KeyQuestion): Promise<CryptoKey[]> {
  try {
    return [await selector({ ...question })];
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys) || question.kid === undefined) return [];
    // Several keys of one kid: each may be the one.
    const keys: CryptoKey[] = [];
    for await (const key of error) keys.push(key);
    return keys;
  }
}
