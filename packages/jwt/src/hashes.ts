import { base64url } from 'jose';
import { JwtError } from './jwt-error.ts';
import type { Jwk } from './public-key.ts';

/** The `x5t#S256` of a certificate (RFC 8705 §3.1); `der` is its DER encoding. */
export function certificateThumbprint(der: Uint8Array): Promise<string> {
  return hash('SHA-256', der);
}

/** The `ath` of an access token (RFC 9449 §4.2). */
export function accessTokenHash(token: string): Promise<string> {
  return hash('SHA-256', new TextEncoder().encode(token));
}

/** RFC 7638 §3.2, RFC 8037 §2: what makes a key, in lexical order. */
const essentials: ReadonlyMap<unknown, readonly (keyof Jwk)[]> = new Map<unknown, readonly (keyof Jwk)[]>([
  ['EC', ['crv', 'kty', 'x', 'y']],
  ['OKP', ['crv', 'kty', 'x']],
  ['RSA', ['e', 'kty', 'n']],
]);

/** The thumbprint of a public key (RFC 7638 §3). Throws `JwtError` of code `key`, if it is none. */
export async function thumbprint(jwk: Jwk): Promise<string> {
  const names = essentials.get(jwk.kty);
  if (!names?.every((name) => typeof jwk[name] === 'string')) {
    throw new JwtError('key', 'not a public key with all its members');
  }
  const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]])));
  return hash('SHA-256', new TextEncoder().encode(text));
}

const leftHalves: ReadonlyMap<string, string> = new Map([
  ['256', 'SHA-256'],
  ['384', 'SHA-384'],
  ['512', 'SHA-512'],
]);

/**
 * The `at_hash` or `c_hash` of a text under the `alg` of the ID token (OpenID Connect Core §3.1.3.6, §3.3.2.11). Throws
 * `JwtError` of code `algorithm` for an unknown one.
 */
export async function leftHalfHash(alg: string, text: string): Promise<string> {
  const size = /^(?:[RPEH]S(\d{3}))$/.exec(alg)?.[1];
  // Core is silent on Ed25519; SHA-512 is the hash inside it.
  const name = alg === 'EdDSA' || alg === 'Ed25519' ? 'SHA-512' : leftHalves.get(size ?? '');
  if (name === undefined) throw new JwtError('algorithm', 'no hash belongs to this alg');
  const digest = await crypto.subtle.digest(name, new TextEncoder().encode(text));
  return base64url.encode(new Uint8Array(digest, 0, digest.byteLength / 2));
}

async function hash(name: string, bytes: Uint8Array): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest(name, Uint8Array.from(bytes))));
}
