import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { SealKey } from './keys/key-ring.ts';
import { type Purpose, purposes } from './keys/purposes.ts';

/**
 * Sealed values: AES-256-GCM, one subkey a purpose and issuer, both also bound as additional data, so that a value made
 * for one use can never be opened for another. Shape: prefix, id of the seal key in the clear (6 characters), then
 * base64url of nonce (12 bytes), ciphertext and tag (16 bytes).
 */

const keyIdLength = 6;
const shape = /^[A-Za-z0-9_-]+$/;

/** Seals a JSON value. `nonce`: 12 bytes, never twice with one key. */
export function seal(
  purpose: Purpose,
  content: unknown,
  { key, nonce }: { key: SealKey; nonce: Uint8Array },
): string {
  const plain = Buffer.from(JSON.stringify(content));
  const { subkey, additionalData } = key.forPurpose(purpose);
  const cipher = createCipheriv('aes-256-gcm', subkey, nonce);
  cipher.setAAD(additionalData);
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return purposes[purpose] + key.id + sealed.toString('base64url');
}

/**
 * Seals so that equal content gives equal values: the nonce is a keyed hash of the content. For content that is distinct
 * by itself, such as a grant's id and generation.
 */
export function sealAlike(purpose: Purpose, content: unknown, key: SealKey): string {
  const { nonceKey } = key.forPurpose(purpose);
  const nonce = createHmac('sha256', nonceKey).update(JSON.stringify(content)).digest().subarray(0, 12);
  return seal(purpose, content, { key, nonce });
}

/** The id of the key a value names, or `undefined` when it is no value of this purpose. */
export function sealKeyId(purpose: Purpose, value: string): string | undefined {
  const prefix = purposes[purpose];
  if (!value.startsWith(prefix) || !shape.test(value)) return undefined;
  const id = value.slice(prefix.length, prefix.length + keyIdLength);
  return id.length === keyIdLength ? id : undefined;
}

/** The content, or `undefined` for whatever was not sealed for this purpose with this key. */
export function open(purpose: Purpose, value: string, key: SealKey): unknown {
  const text = value.slice(purposes[purpose].length + keyIdLength);
  const sealed = Buffer.from(text, 'base64url');
  // One spelling only: decoding passes over spare bits and a lone last letter.
  if (sealed.length < 28 || sealed.toString('base64url') !== text) return undefined;
  const { subkey, additionalData } = key.forPurpose(purpose);
  const decipher = createDecipheriv('aes-256-gcm', subkey, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(additionalData);
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    const plain = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    return JSON.parse(plain.toString());
  } catch {
    return undefined;
  }
}
