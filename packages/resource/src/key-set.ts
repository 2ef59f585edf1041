import { chooseKeys, type JsonObject, type Jwk, publicKeyFault } from '@valetkey/jwt';
import { type Fetch, fetchJson } from './outgoing.ts';
import { outage } from './refusal.ts';
import { remembered } from './remembered.ts';
import type { ServerMetadata } from './server-metadata.ts';

/** The parts of a JWS header that choose a key. */
export interface KeyQuestion {
  readonly alg: string;
  readonly kid?: string;
}

/** The keys of one issuer: the same array until they are read again. */
export interface KeySet {
  current(): Promise<readonly Jwk[]>;
  /** All keys, read once more if none can be the one of the header. */
  for(question: KeyQuestion): Promise<readonly Jwk[]>;
}

/** Keys that were configured. */
export function fixedKeySet(jwks: JsonObject): KeySet {
  const keys = readPublicKeys(jwks, 'jwks');
  return { current: async () => keys, for: async () => keys };
}

interface Source {
  readonly issuer: string;
  readonly metadata: { current(): Promise<ServerMetadata> };
  readonly fetch: Fetch;
  readonly now: () => number;
}

/**
 * Keys behind the issuer's `jwks_uri`: read every ten minutes, and once more on an unknown `kid`, with 30 s between two
 * reads however many made-up ones arrive (MD-025). While reading fails, the last set is trusted for an hour (MD-027).
 */
export function remoteKeySet({ issuer, metadata, fetch, now }: Source): KeySet {
  const keys = remembered({
    async read(): Promise<readonly Jwk[]> {
      const { jwksUri } = await metadata.current();
      if (jwksUri === undefined) throw outage(`the metadata of ${issuer} has no https jwks_uri`);
      return readPublicKeys(await fetchJson(fetch, jwksUri), jwksUri);
    },
    now,
    fresh: 600_000,
    usable: 3600_000,
    coolDown: 30_000,
  });
  return {
    current: keys.current,
    async for(question) {
      const known = await keys.current();
      return mayHold(known, question) ? known : keys.renewed();
    },
  };
}

function mayHold(keys: readonly Jwk[], question: KeyQuestion): boolean {
  const { kid } = question;
  return kid === undefined ? chooseKeys(keys, question).length > 0 : keys.some((key) => key.kid === kid);
}

/** The keys of a JWK Set (RFC 7517 §5) that may verify something; the others are left out, as §5 wants. */
function readPublicKeys({ keys }: JsonObject, source: string): readonly Jwk[] {
  if (!Array.isArray(keys)) throw outage(`${source} holds no JWK Set`);
  return keys.filter((key) => publicKeyFault(key) === undefined);
}
