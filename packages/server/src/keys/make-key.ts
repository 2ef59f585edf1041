import { createPublicKey, generateKeyPair, type KeyObject, type webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm, StoredKey } from '../model.ts';
import type { RootKey } from './root-key.ts';

export interface NewKey {
  readonly slot: number;
  readonly createdAt: number;
  readonly activeFrom: number;
}

/** Makes the private key of a new pair for one algorithm. */
export type NewKeyPair = (algorithm: SigningAlgorithm) => Promise<KeyObject>;

interface Wrapping {
  readonly rootKey: RootKey;
  readonly random: (size: number) => Uint8Array;
}

/** A key pair for one algorithm, its private part wrapped (RFC 8725 §3.1: one key, one algorithm). */
export async function makeSigningKey(
  algorithm: SigningAlgorithm,
  key: NewKey,
  { rootKey, random, newKeyPair }: Wrapping & { readonly newKeyPair: NewKeyPair },
): Promise<StoredKey> {
  const id = Buffer.from(random(12)).toString('base64url');
  const nonce = random(12);
  const privateKey = await newKeyPair(algorithm);
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  return {
    ...key,
    purpose: 'sign',
    algorithm,
    id,
    revokedAt: null,
    publicJwk: { ...publicMembers(algorithm, jwk), kid: id, alg: algorithm, use: 'sig' },
    sealedPrivate: rootKey.wrap(id, privateKey.export({ format: 'der', type: 'pkcs8' }), nonce),
  };
}

/** 32 random bytes, wrapped. The id is short: it stands in every sealed value. */
export function makeSealKey(key: NewKey, { rootKey, random }: Wrapping): StoredKey {
  const id = Buffer.from(random(5)).toString('base64url').slice(0, 6);
  return {
    ...key,
    purpose: 'seal',
    algorithm: 'A256GCM',
    id,
    revokedAt: null,
    publicJwk: null,
    sealedPrivate: rootKey.wrap(id, random(32), random(12)),
  };
}

const generate = promisify(generateKeyPair);

/** EC P-256, RSA of 2048 bits or Ed25519, made aside from the event loop: RSA takes a good part of a second. */
export async function newKeyPair(algorithm: SigningAlgorithm): Promise<KeyObject> {
  if (algorithm === 'ES256') return (await generate('ec', { namedCurve: 'P-256' })).privateKey;
  if (algorithm === 'EdDSA') return (await generate('ed25519')).privateKey;
  return (await generate('rsa', { modulusLength: 2048 })).privateKey;
}

/** Named one by one, so that nothing private can slip in (RFC 7518 §6, RFC 8037 §2). */
function publicMembers(algorithm: SigningAlgorithm, jwk: webcrypto.JsonWebKey): Record<string, string> {
  if (algorithm === 'ES256') return { kty: 'EC', crv: `${jwk.crv}`, x: `${jwk.x}`, y: `${jwk.y}` };
  if (algorithm === 'EdDSA') return { kty: 'OKP', crv: `${jwk.crv}`, x: `${jwk.x}` };
  return { kty: 'RSA', n: `${jwk.n}`, e: `${jwk.e}` };
}
