import { keyKindOf } from './algorithms.ts';
import { type Jwk, publicKeyFault } from './public-key.ts';

/** Keys of one `kid` that are tried: a set made of thousands must not cost thousands of signatures. */
const mostTried = 8;

/**
 * The keys that may have signed a token of this header, mostly one (RFC 7515 §6, RFC 7517 §4): those of its `kid`, or
 * without `kid` the only one that fits. None if nothing fits, or if several do and the header does not say which.
 */
export function chooseKeys<Key extends Jwk>(
  keys: readonly Key[],
  { alg, kid }: { readonly alg: string; readonly kid?: string },
): readonly Key[] {
  const fitting = keys.filter((key) => fits(key, alg));
  if (kid !== undefined) return fitting.filter((key) => key.kid === kid).slice(0, mostTried);
  return fitting.length === 1 ? fitting : [];
}

/** Whether a key is good and meant for signatures of an algorithm (RFC 7517 §4.1 to §4.4). */
export function fits(key: Jwk, alg: string): boolean {
  const kind = keyKindOf(alg);
  if (kind === undefined || publicKeyFault(key) !== undefined) return false;
  const operations = key.key_ops;
  return (
    key.kty === kind.kty &&
    (kind.crv === undefined || key.crv === kind.crv) &&
    (key.alg === undefined || key.alg === alg) &&
    (key.use === undefined || key.use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
  );
}
