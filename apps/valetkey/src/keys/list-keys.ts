import { type Config, keyStates, type StoredKey } from '@valetkey/server';
import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { instant, isoInstant } from '../terminal/instant.ts';
import { print, printJson } from '../terminal/print.ts';
import { table } from '../terminal/table.ts';

/** `valetkey keys list` */
export async function listKeys({ config, json }: CommonOptions): Promise<void> {
  const keys = await withAuthority(config, async ({ config: { keys }, store, clock }) =>
    statesOf(await store.keys.list(), { algorithms: keys.algorithms, now: clock() }),
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

/** Signing keys first, by algorithm: those of the configuration, then those that it no longer names. */
function statesOf(stored: readonly StoredKey[], { algorithms, now }: Moment): KeyInState[] {
  const used: readonly string[] = [...algorithms, 'A256GCM'];
  const signing = stored.filter(({ purpose }) => purpose === 'sign').map(({ algorithm }) => algorithm);
  return [...new Set([...algorithms, ...signing, 'A256GCM'])]
    .flatMap((algorithm) => {
      const keys = stored.filter((key) => key.algorithm === algorithm);
      return keyStates(keys, now);
    })
    .map(({ key, state }) => ({ key, state: used.includes(key.algorithm) ? told[state] : 'retired' }));
}

interface Moment {
  readonly algorithms: Config['keys']['algorithms'];
  readonly now: number;
}

const told = { upcoming: 'next', current: 'current', retired: 'retired' } as const;

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
