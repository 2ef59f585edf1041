import { createHash } from 'node:crypto';
import { keyPool, memoryStore, noon } from '@valetkey/store-contract';
import { type Authority, createAuthority } from './authority.ts';
import type { ConfigInput } from './config.ts';
import type { AuthorityEvent } from './events.ts';
import type { NewKeyPair } from './keys/make-key.ts';
import type { Fetcher, Store } from './ports.ts';

export const issuer = 'https://auth.example';
export const photos = 'https://photos.example';

const config: ConfigInput = {
  issuer,
  scopes: { read: { description: 'see your photos' }, write: { description: 'change your photos' } },
  resources: [{ identifier: photos, name: 'Photos', scopes: ['read', 'write'] }],
};

/** One node. Nodes that share store, clock and root key are one authority. */
export interface Stage {
  readonly authority: Authority;
  readonly store: Store;
  readonly clock: { now: number };
  readonly events: AuthorityEvent[];
}

export function aStage(
  over: {
    config?: Partial<ConfigInput>;
    store?: Store;
    clock?: { now: number };
    seed?: string;
    newKeyPair?: NewKeyPair;
    fetcher?: Fetcher;
  } = {},
): Stage {
  const { store = memoryStore(), clock = { now: noon } } = over;
  const events: AuthorityEvent[] = [];
  const authority = createAuthority(
    { ...config, ...over.config },
    {
      store,
      rootKey: Buffer.alloc(32, 1),
      clock: () => clock.now,
      random: seededRandom(over.seed ?? 'seed'),
      emit: (event) => void events.push(event),
      newKeyPair: over.newKeyPair ?? keyPool(),
      ...(over.fetcher === undefined ? {} : { fetcher: over.fetcher }),
    },
  );
  return { authority, store, clock, events };
}

/** The same bytes in every run. */
export function seededRandom(seed: string): (size: number) => Uint8Array {
  let calls = 0;
  return (size) => {
    calls += 1;
    return createHash('shake256', { outputLength: size }).update(`${seed} ${calls}`).digest();
  };
}
