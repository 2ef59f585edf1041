import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { instant, isoInstant } from '../terminal/instant.ts';
import { print, printJson, printWarning } from '../terminal/print.ts';

/** `valetkey keys rotate` */
export async function rotateKey({ config, json, now }: CommonOptions & { now?: true }): Promise<void> {
  const key = await withAuthority(config, ({ keys, clock }) =>
    keys.rotate(clock(), now ? 'at-once' : 'published-ahead'),
  );
  const { id, algorithm, activeFrom } = key;
  if (json)
    return printJson({ id, algorithm, state: now ? 'current' : 'next', activeFrom: isoInstant(activeFrom) });
  if (!now) return print(`Key ${id} (${algorithm}) is published, and signs from ${instant(activeFrom)} on.`);
  print(`Key ${id} (${algorithm}) is current. Running servers take it up within a minute.`);
  printWarning('APIs that keep the key set may refuse new tokens until they read it again.');
}
