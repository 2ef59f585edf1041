import { RecentChallenges } from './authorize/recent-challenges.ts';
import { ClientKeySets } from './clients/client-key-sets.ts';
import { CompatibilityLog } from './clients/compatibility-log.ts';
import { type Config, type ConfigInput, readConfig } from './config.ts';
import type { AuthorityEvent } from './events.ts';
import { KeyKeeper } from './keys/key-keeper.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { type NewKeyPair, newKeyPair } from './keys/make-key.ts';
import type { Purpose } from './keys/purposes.ts';
import { RootKey } from './keys/root-key.ts';
import type { Fetched, Fetcher, Store } from './ports.ts';
import { DocumentCache } from './register/document-cache.ts';
import { DetailTypes } from './rich/detail-types.ts';
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
  /** Makes the private keys that are signed with; real ones by default. */
  readonly newKeyPair?: NewKeyPair;
  /** Absent: nothing that others publish is fetched. */
  readonly fetcher?: Fetcher;
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
  readonly fetcher: Fetcher;
  /** What clients publish at their `jwks_uri`. */
  readonly clientKeys: ClientKeySets;
  /** What clients publish of themselves at the URL that is their id. */
  readonly documents: DocumentCache;
  readonly compatibility: CompatibilityLog;
  readonly detailTypes: DetailTypes;
}

/** Throws `ConfigError` with every fault of the configuration. Does not touch the store. */
export function createAuthority(config: ConfigInput, ports: Ports): Authority {
  const checked = readConfig(config);
  const { store, clock, random, emit, fetcher = { fetch: fetchNothing } } = ports;
  const rootKey = new RootKey(ports.rootKey);
  return {
    config: checked,
    store,
    keys: new KeyKeeper(checked, {
      store: store.keys,
      rootKey,
      random,
      newKeyPair: ports.newKeyPair ?? newKeyPair,
      emit,
    }),
    rootKey,
    clock,
    random,
    emit,
    challenges: new RecentChallenges(),
    fetcher,
    clientKeys: new ClientKeySets(fetcher, clock),
    documents: new DocumentCache(checked, { fetcher, clock }),
    compatibility: new CompatibilityLog({ clock, emit }),
    detailTypes: new DetailTypes(checked.authorizationDetails),
  };
}

async function fetchNothing(): Promise<Fetched> {
  return { outcome: 'refused', why: 'nothing is fetched here: no fetcher was given' };
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
