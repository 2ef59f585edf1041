import { constants, type SignKeyObjectInput, sign, verify } from 'node:crypto';
import { type Authority, ringWith } from '../authority.ts';
import type { SigningAlgorithm } from '../model.ts';
import type { SigningKey } from './key-ring.ts';

/** Letters of a JWT that is looked at, at most. */
export const longestJwt = 16_384;

/**
 * A JWT in compact form (RFC 7515 §7.1), signed with the current key of the algorithm. `now` in milliseconds. Throws
 * for an algorithm that is not configured. Synchronous signing costs less processor time than WebCrypto here.
 */
export async function signJwt(
  authority: Authority,
  { algorithm, typ, claims, now }: { algorithm: SigningAlgorithm; typ?: string; claims: object; now: number },
): Promise<string> {
  const key = (await authority.keys.ring(now)).signer(now, algorithm);
  const input = `${headerOf(key, typ)}.${base64url(claims)}`;
  const { hash, options } = ways[algorithm];
  const signature = sign(hash, Buffer.from(input), { key: key.privateKey, ...options });
  return `${input}.${signature.toString('base64url')}`;
}

const compact = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * The claims of a JWT that this authority signed, with any of its keys, or `undefined`. Only what `signJwt` made can
 * pass: the header is compared with the one it writes for that key and `typ`. Of the claims `iss` alone is judged.
 */
export async function verifyOwnJwt(
  authority: Authority,
  value: string,
  { typ }: { typ?: string },
): Promise<Record<string, unknown> | undefined> {
  if (value.length > longestJwt) return undefined;
  const [, header, payload, signature] = compact.exec(value) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  const { kid } = parse(header) ?? {};
  if (typeof kid !== 'string') return undefined;
  const key = (await ringWith(authority, (ring) => ring.verifier(kid) !== undefined)).verifier(kid);
  if (key === undefined || header !== headerOf(key, typ)) return undefined;
  if (!isSignature(signature, { key, input: `${header}.${payload}` })) return undefined;
  const claims = parse(payload);
  return claims?.iss === authority.config.issuer ? claims : undefined;
}

/** How an algorithm signs (RFC 7518 §3.3, §3.4, §3.5; RFC 8037 §3.1). */
interface Way {
  readonly hash: 'sha256' | null;
  readonly options: Omit<SignKeyObjectInput, 'key'>;
}

const ways: Readonly<Record<SigningAlgorithm, Way>> = {
  // R and S, not DER.
  ES256: { hash: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
  RS256: { hash: 'sha256', options: { padding: constants.RSA_PKCS1_PADDING } },
  // The salt is as long as the hash; verifying takes no other length.
  PS256: { hash: 'sha256', options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  EdDSA: { hash: null, options: {} },
};

function isSignature(signature: string, { key, input }: { key: SigningKey; input: string }): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  // One spelling only: decoding passes over the spare bits of the last letter.
  if (bytes.toString('base64url') !== signature) return false;
  // A newer release may have left a key in the store whose algorithm is not known here.
  const way = ways[key.algorithm as SigningAlgorithm] as Way | undefined;
  if (way === undefined) return false;
  return verify(way.hash, Buffer.from(input), { key: key.publicKey, ...way.options }, bytes);
}

/** Members in this order, so that a header can be compared with the one that is expected. */
function headerOf(key: SigningKey, typ: string | undefined): string {
  return base64url({ typ, alg: key.algorithm, kid: key.id });
}

function base64url(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
