import { type CryptoKey, importJWK } from 'jose';
import type { Jwk } from './public-key.ts';

/** Keys ready for use, remembered for as long as their JWK objects are: give the same object to have it imported once. */
export class ImportedKeys {
  readonly #known = new WeakMap<Jwk, Map<string, Promise<CryptoKey | undefined>>>();

  /** The key for one algorithm; `undefined` if it is none, as a point off its curve. */
  get(jwk: Jwk, alg: string): Promise<CryptoKey | undefined> {
    const ofKey = this.#known.get(jwk) ?? new Map<string, Promise<CryptoKey | undefined>>();
    this.#known.set(jwk, ofKey);
    const known = ofKey.get(alg) ?? importKey(jwk, alg);
    ofKey.set(alg, known);
    return known;
  }
}

/** Only what makes the key: `ext` and other members of the sender must not decide how it is imported. */
async function importKey({ kty, crv, x, y, n, e }: Jwk, alg: string): Promise<CryptoKey | undefined> {
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined);
  try {
    const key = await importJWK({ ...Object.fromEntries(members), kty: String(kty) }, alg);
    return key instanceof Uint8Array ? undefined : key;
  } catch {
    return undefined;
  }
}
