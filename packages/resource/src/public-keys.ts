import { base64url, type JSONWebKeySet, type JWK } from 'jose';
import { outage } from './refusal.ts';
import type { JsonObject } from './strict-json.ts';

/** The keys of a JWK Set (RFC 7517 §5) that may verify something; the others are left out, as §5 wants. */
export function readPublicKeys(document: JsonObject, source: string): JSONWebKeySet {
  if (!Array.isArray(document.keys)) throw outage(`${source} holds no JWK Set`);
  return { keys: document.keys.filter(isUsable) };
}

function isUsable(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null) return false;
  const jwk = key as JWK;
  // RFC 8725 §3.1: no shared secrets. jose takes public keys only, so a private one fits nothing.
  return jwk.kty === 'EC' || jwk.kty === 'OKP' || (jwk.kty === 'RSA' && isLongEnough(jwk.n));
}

/** RFC 7518 §3.3: 2048 bits or more. */
function isLongEnough(modulus: unknown): boolean {
  if (typeof modulus !== 'string' || !/^[\w-]+$/.test(modulus)) return false;
  try {
    const bytes = base64url.decode(modulus);
    const first = bytes.findIndex((byte) => byte !== 0);
    const bits = (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24;
    return first >= 0 && bits >= 2048;
  } catch {
    return false;
  }
}
