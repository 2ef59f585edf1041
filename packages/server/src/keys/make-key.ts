import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { StoredKey } from '../model.ts';
import type { RootKey } from './root-key.ts';

export interface NewKey {
  readonly slot: number;
  readonly createdAt: number;
  readonly activeFrom: number;
}

type Random = (size: number) => Uint8Array;

/** An ES256 key pair, its private part wrapped. */
export function makeSigningKey(key: NewKey, rootKey: RootKey, random: Random): StoredKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = Buffer.from(random(12)).toString('base64url');
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  return {
    ...key,
    purpose: 'sign',
    algorithm: 'ES256',
    id,
    revokedAt: null,
    publicJwk: { kty: `${kty}`, crv: `${crv}`, x: `${x}`, y: `${y}`, kid: id, alg: 'ES256', use: 'sig' },
    sealedPrivate: rootKey.wrap(id, privateKey.export({ format: 'der', type: 'pkcs8' }), random(12)),
  };
}

/** 32 random bytes, wrapped. The id is short: it stands in every sealed value. */
export function makeSealKey(key: NewKey, rootKey: RootKey, random: Random): StoredKey {
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
