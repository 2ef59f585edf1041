/** What a key must be to verify signatures of an algorithm. */
interface KeyKind {
  readonly kty: 'EC' | 'OKP' | 'RSA';
  readonly crv?: string;
}

const rsa = { kty: 'RSA' } as const;
const ed25519 = { kty: 'OKP', crv: 'Ed25519' } as const;

/**
 * Signatures with public keys that are known (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). `EdDSA` means Ed25519 here,
 * yet the two names are never taken for each other.
 */
const keyKinds: ReadonlyMap<string, KeyKind> = new Map<string, KeyKind>([
  ['RS256', rsa],
  ['RS384', rsa],
  ['RS512', rsa],
  ['PS256', rsa],
  ['PS384', rsa],
  ['PS512', rsa],
  ['ES256', { kty: 'EC', crv: 'P-256' }],
  ['ES384', { kty: 'EC', crv: 'P-384' }],
  ['ES512', { kty: 'EC', crv: 'P-521' }],
  ['EdDSA', ed25519],
  ['Ed25519', ed25519],
]);

/** The kind of public key an algorithm takes; `undefined` if it takes none. */
export function keyKindOf(algorithm: string): KeyKind | undefined {
  return keyKinds.get(algorithm);
}

/** RFC 7518 §3.2: bytes a shared secret must have, which are those of the hash. */
const secretLengths: ReadonlyMap<string, number> = new Map([
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
]);

/** The least length of a secret in bytes; `undefined` if the algorithm takes no secret. */
export function secretLengthOf(algorithm: string): number | undefined {
  return secretLengths.get(algorithm);
}
