import { decodeBase64url } from './base64url.ts';

/** A key as JSON (RFC 7517 §4) that came from somebody else, so any member may be anything. */
export interface Jwk {
  readonly kty?: unknown;
  readonly kid?: unknown;
  readonly alg?: unknown;
  readonly use?: unknown;
  readonly key_ops?: unknown;
  readonly crv?: unknown;
  readonly x?: unknown;
  readonly y?: unknown;
  readonly n?: unknown;
  readonly e?: unknown;
}

/** RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC 8037 §2: members of private keys and of secrets. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv', 'seed'];

/** RFC 7518 §3.3 sets the least. The most keeps the cost of one signature of a stranger's key bounded. */
const modulusBits = { least: 2048, most: 8192 };

/** RFC 7518 §6.2.1.1: bytes of a coordinate. */
const coordinateLengths: ReadonlyMap<unknown, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
]);

/**
 * What is wrong with a JWK as a public key that verifies signatures, in words for an operator; `undefined` for a good
 * one. Whether the point lies on its curve is found when the key is first used.
 */
export function publicKeyFault(jwk: Jwk): string | undefined {
  if (typeof jwk !== 'object' || jwk === null) return 'not a JSON object';
  if (privateMembers.some((name) => Object.hasOwn(jwk, name))) return 'it has private members';
  switch (jwk.kty) {
    case 'EC':
      return pointFault(jwk);
    case 'OKP':
      return ed25519Fault(jwk);
    case 'RSA':
      return rsaFault(jwk);
    default:
      return 'kty is not EC, OKP or RSA';
  }
}

function pointFault({ crv, x, y }: Jwk): string | undefined {
  const length = coordinateLengths.get(crv);
  if (length === undefined) return 'crv is not P-256, P-384 or P-521';
  return [x, y].every((one) => bytesOf(one)?.length === length) ? undefined : 'x or y is not a coordinate';
}

function ed25519Fault({ crv, x }: Jwk): string | undefined {
  if (crv !== 'Ed25519') return 'crv is not Ed25519';
  return bytesOf(x)?.length === 32 ? undefined : 'x is not 32 bytes';
}

function rsaFault({ n, e }: Jwk): string | undefined {
  const bits = bitsOf(bytesOf(n));
  if (bits < modulusBits.least || bits > modulusBits.most) return 'n does not have 2048 to 8192 bits';
  const exponent = bytesOf(e);
  // Odd and more than one: a signature under exponent one is the message itself.
  const good = bitsOf(exponent) >= 2 && bitsOf(exponent) <= 64 && (exponent?.at(-1) ?? 0) % 2 === 1;
  return good ? undefined : 'e is not an exponent';
}

function bytesOf(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' ? decodeBase64url(value) : undefined;
}

/** Bits of a big-endian number; none, if there is no number. */
function bitsOf(bytes: Uint8Array | undefined): number {
  const first = bytes?.findIndex((byte) => byte !== 0) ?? -1;
  if (bytes === undefined || first < 0) return 0;
  return (bytes.length - first) * 8 - (Math.clz32(bytes[first] ?? 0) - 24);
}
