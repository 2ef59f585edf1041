import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/**
 * The root key: 32 bytes that never enter the store. It wraps the private parts of all other keys, and keys the hashes
 * of client secrets. Without it a copy of the database signs and opens nothing.
 */
export class RootKey {
  readonly #wrapping: Buffer;
  readonly #secrets: Buffer;
  /** Keys the pairwise subjects (OpenID Connect Core §8.1). */
  readonly pairwiseKey: Buffer;
  /** Keys the session ids that clients see. */
  readonly sessionIdKey: Buffer;
  /** Keys the nonces of DPoP. */
  readonly nonceKey: Buffer;

  constructor(bytes: Uint8Array) {
    if (bytes.length !== 32) throw new RangeError(`The root key must have 32 bytes, not ${bytes.length}.`);
    this.#wrapping = derive(bytes, 'valetkey/1/wrap');
    this.#secrets = derive(bytes, 'valetkey/1/client-secret');
    this.pairwiseKey = derive(bytes, 'valetkey/1/pairwise');
    this.sessionIdKey = derive(bytes, 'valetkey/1/sid');
    this.nonceKey = derive(bytes, 'valetkey/1/dpop-nonce');
  }

  /** Keys the hash of client secrets. */
  get secretHashKey(): Buffer {
    return this.#secrets;
  }

  /** `id` is bound to the wrapped key, so that rows cannot be swapped. */
  wrap(id: string, bytes: Uint8Array, nonce: Uint8Array): string {
    const cipher = createCipheriv('aes-256-gcm', this.#wrapping, nonce);
    cipher.setAAD(Buffer.from(id));
    return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString(
      'base64url',
    );
  }

  /** Throws `WrongRootKey`. */
  unwrap(id: string, wrapped: string): Buffer {
    const sealed = Buffer.from(wrapped, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#wrapping, sealed.subarray(0, 12), {
        authTagLength: 16,
      });
      decipher.setAAD(Buffer.from(id));
      decipher.setAuthTag(sealed.subarray(-16));
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    } catch (cause) {
      throw new WrongRootKey(wrongRootKey, { cause });
    }
  }
}

const wrongRootKey =
  'The keys in the store were not sealed with this root key. Use the root key this store was created with.';

/** The store was created with another root key. */
export class WrongRootKey extends Error {
  override readonly name = 'WrongRootKey';
}

function derive(bytes: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), info, 32));
}
