import { RecentChallenges } from './authorize/recent-challenges.ts';
import { type Config, type ConfigInput, readConfig } from './config.ts';
import type { AuthorityEvent } from './events.ts';
import { KeyKeeper } from './keys/key-keeper.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { Purpose } from './keys/purposes.ts';
import { RootKey } from './keys/root-key.ts';
import type { Store } from './ports.ts';
import { open, seal, sealAlike, sealKeyId } from './seal.ts';

export interface Ports {
  readonly store: Store;
  /** 32 bytes; keep them outside the store. */
  readonly rootKey: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Cryptographic random bytes. */
  readonly random: (size: number) => Uint8Array;
  /** Told of everything that happens. Must not throw. */
  readonly emit: (event: AuthorityEvent) => void;
}

/** One issuer: its configuration, its store, its keys. Several issuers in one process are several authorities. */
export interface Authority {
  readonly config: Config;
  readonly store: Store;
  readonly keys: KeyKeeper;
  readonly rootKey: RootKey;
  readonly clock: () => number;
  readonly random: (size: number) => Uint8Array;
  readonly emit: (event: AuthorityEvent) => void;
  readonly challenges: RecentChallenges;
}

/** Throws `ConfigError` with every fault of the configuration. Does not touch the store. */
export function createAuthority(config: ConfigInput, ports: Ports): Authority {
  const checked = readConfig(config);
  const { store, clock, random, emit } = ports;
  const rootKey = new RootKey(ports.rootKey);
  return {
    config: checked,
    store,
    keys: new KeyKeeper(checked, { store: store.keys, rootKey, random, emit }),
    rootKey,
    clock,
    random,
    emit,
    challenges: new RecentChallenges(),
  };
}

/** Seals with the current key and a random nonce. */
export async function sealNow(authority: Authority, purpose: Purpose, content: unknown): Promise<string> {
  const now = authority.clock();
  const ring = await authority.keys.ring(now);
  return seal(purpose, content, { key: ring.sealer(now), nonce: authority.random(12) });
}

/** Seals so that equal content gives an equal value, as long as the same key is current. */
export async function sealAlikeNow(
  authority: Authority,
  purpose: Purpose,
  content: unknown,
): Promise<string> {
  const now = authority.clock();
  const ring = await authority.keys.ring(now);
  return sealAlike(purpose, content, ring.sealer(now));
}

/** The content of a value sealed by any node of this authority, or `undefined`. */
export async function openSealed(authority: Authority, purpose: Purpose, value: string): Promise<unknown> {
  const keyId = sealKeyId(purpose, value);
  if (keyId === undefined) return undefined;
  const ring = await ringWith(authority, (keys) => keys.opener(keyId) !== undefined);
  const key = ring.opener(keyId);
  return key === undefined ? undefined : open(purpose, value, key);
}

/** The ring; read anew when it lacks what another node may have made since. */
export async function ringWith(authority: Authority, fits: (ring: KeyRing) => boolean): Promise<KeyRing> {
  const now = authority.clock();
  const ring = await authority.keys.ring(now);
  return fits(ring) ? ring : authority.keys.ringAgain(now);
}
