import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm, StoredKey } from '../model.ts';
import { type Purpose, purposes } from './purposes.ts';
import type { RootKey } from './root-key.ts';

export type KeyState = 'upcoming' | 'current' | 'retired';

export interface SigningKey {
  readonly id: string;
  readonly algorithm: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: Readonly<Record<string, string>>;
}

interface Subkeys {
  readonly subkey: Buffer;
  readonly nonceKey: Buffer;
  readonly additionalData: Buffer;
}

export class SealKey {
  readonly id: string;
  readonly #bytes: Buffer;
  readonly #issuer: string;
  readonly #subkeys = new Map<Purpose, Subkeys>();

  constructor(id: string, bytes: Buffer, issuer: string) {
    this.id = id;
    this.#bytes = bytes;
    this.#issuer = issuer;
  }

  forPurpose(purpose: Purpose): Subkeys {
    const known = this.#subkeys.get(purpose);
    if (known !== undefined) return known;
    const context = `valetkey/1/${purpose}/${this.#issuer}`;
    const derived = {
      subkey: this.#derive(context),
      nonceKey: this.#derive(`${context}/nonce`),
      additionalData: Buffer.from(`${purposes[purpose]}${this.id} ${this.#issuer}`),
    };
    this.#subkeys.set(purpose, derived);
    return derived;
  }

  #derive(info: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#bytes, Buffer.alloc(0), info, 32));
  }
}

interface Scheduled<K> {
  readonly key: K;
  readonly stored: StoredKey;
}

/** Whose keys they are, and which algorithms it signs with. */
export interface KeyOwner {
  readonly issuer: string;
  readonly algorithms: readonly SigningAlgorithm[];
  /** Ids of keys that are published no more. */
  readonly withheld?: ReadonlySet<string>;
}

/** All living keys of one authority at one moment, parsed once. Immutable: a rotation makes a new ring. */
export class KeyRing {
  readonly #signing: ReadonlyMap<string, readonly Scheduled<SigningKey>[]>;
  readonly #sealing: readonly Scheduled<SealKey>[];
  readonly #signingById: ReadonlyMap<string, SigningKey>;
  readonly #sealingById: ReadonlyMap<string, SealKey>;
  /** Upcoming, current and retired public keys that a living token may need, as a JWK set (RFC 7517 §5). */
  readonly publicKeys: readonly Readonly<Record<string, string>>[];

  /** Throws `WrongRootKey`. */
  constructor(stored: readonly StoredKey[], rootKey: RootKey, owner: KeyOwner) {
    const { issuer, algorithms, withheld } = owner;
    const living = stored.filter((key) => key.revokedAt === null).toSorted((a, b) => a.slot - b.slot);
    const signing = living
      .filter((key) => key.purpose === 'sign')
      .map((key) => ({ stored: key, key: parseSigningKey(key, rootKey) }));
    this.#signing = new Map(
      algorithms.map((algorithm) => [algorithm, signing.filter(({ key }) => key.algorithm === algorithm)]),
    );
    this.#sealing = living
      .filter((key) => key.purpose === 'seal')
      .map((key) => ({
        stored: key,
        key: new SealKey(key.id, rootKey.unwrap(key.id, key.sealedPrivate), issuer),
      }));
    this.#signingById = new Map(signing.map(({ key }) => [key.id, key]));
    this.#sealingById = new Map(this.#sealing.map(({ key }) => [key.id, key]));
    this.publicKeys = signing.filter(({ key }) => !withheld?.has(key.id)).map(({ key }) => key.publicJwk);
  }

  /** The current key of an algorithm: of those that are active the one of the highest slot. Throws when there is none. */
  signer(now: number, algorithm: SigningAlgorithm): SigningKey {
    const key = current(this.#signing.get(algorithm) ?? [], now);
    if (key === undefined) throw new Error(`There is no key that signs ${algorithm}.`);
    return key;
  }

  /** Whether the configuration names the algorithm, and a key is there. */
  signs(algorithm: SigningAlgorithm): boolean {
    return (this.#signing.get(algorithm)?.length ?? 0) > 0;
  }

  sealer(now: number): SealKey {
    const key = current(this.#sealing, now);
    if (key === undefined) throw new Error('There is no key that seals.');
    return key;
  }

  /** The key of an id, also of an algorithm that is signed with no longer. */
  verifier(id: string): SigningKey | undefined {
    return this.#signingById.get(id);
  }

  opener(id: string): SealKey | undefined {
    return this.#sealingById.get(id);
  }
}

/** The state of each living key of one purpose and algorithm, newest slot first. */
export function keyStates(stored: readonly StoredKey[], now: number): { key: StoredKey; state: KeyState }[] {
  const living = stored.filter((key) => key.revokedAt === null).toSorted((a, b) => b.slot - a.slot);
  const currentKey = living.find((key) => key.activeFrom <= now);
  return living.map((key) => ({ key, state: stateOf(key, currentKey) }));
}

function stateOf(key: StoredKey, currentKey: StoredKey | undefined): KeyState {
  if (key === currentKey) return 'current';
  return currentKey === undefined || key.slot > currentKey.slot ? 'upcoming' : 'retired';
}

function current<K>(keys: readonly Scheduled<K>[], now: number): K | undefined {
  return (keys.findLast(({ stored }) => stored.activeFrom <= now) ?? keys[0])?.key;
}

function parseSigningKey(stored: StoredKey, rootKey: RootKey): SigningKey {
  const privateKey = createPrivateKey({
    key: rootKey.unwrap(stored.id, stored.sealedPrivate),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    id: stored.id,
    algorithm: stored.algorithm,
    privateKey,
    publicKey: createPublicKey(privateKey),
    publicJwk: stored.publicJwk ?? {},
  };
}
