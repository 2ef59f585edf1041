import { keyStates, type StoredKey } from '@valetkey/server';
import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { instant, isoInstant } from '../terminal/instant.ts';
import { print, printJson } from '../terminal/print.ts';
import { table } from '../terminal/table.ts';

/** `valetkey keys list` */
export async function listKeys({ config, json }: CommonOptions): Promise<void> {
  const keys = await withAuthority(config, async ({ store, clock }) =>
    statesOf(await store.keys.list(), clock()),
  );
  if (json) return printJson(keys.map(keyJson));
  const rows = keys.map(({ key, state }) => [
    key.id,
    key.purpose,
    key.algorithm,
    state,
    instant(key.createdAt),
    instant(key.activeFrom),
  ]);
  print(table(['KEY', 'PURPOSE', 'ALGORITHM', 'STATE', 'CREATED', 'ACTIVE FROM'], rows));
}

interface KeyInState {
  readonly key: StoredKey;
  readonly state: 'next' | 'current' | 'retired';
}

function statesOf(stored: readonly StoredKey[], now: number): KeyInState[] {
  const purposes = ['sign', 'seal'] as const;
  return purposes
    .flatMap((purpose) =>
      keyStates(
        stored.filter((key) => key.purpose === purpose),
        now,
      ),
    )
    .map(({ key, state }) => ({ key, state: state === 'upcoming' ? 'next' : state }));
}

function keyJson({ key, state }: KeyInState) {
  const { id, purpose, algorithm, slot, createdAt, activeFrom } = key;
  return {
    id,
    purpose,
    algorithm,
    state,
    slot,
    createdAt: isoInstant(createdAt),
    activeFrom: isoInstant(activeFrom),
  };
}
