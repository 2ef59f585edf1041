import type { Authority, SigningAlgorithm, StoredKey } from '@valetkey/server';
import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { instant, isoInstant } from '../terminal/instant.ts';
import { print, printJson, printWarning } from '../terminal/print.ts';
import { exitCodes, Problem } from '../terminal/problem.ts';

export interface RotateOptions extends CommonOptions {
  readonly algorithm?: SigningAlgorithm;
  readonly now?: true;
}

/** `valetkey keys rotate` */
export async function rotateKey({ config, json, algorithm, now }: RotateOptions): Promise<void> {
  const keys = await withAuthority(config, (authority) => {
    if (algorithm !== undefined) checkAlgorithm(authority, algorithm);
    return authority.keys.rotate(authority.clock(), now ? 'at-once' : 'published-ahead', algorithm);
  });
  if (json) return printJson(keys.map((key) => keyJson(key, now ? 'current' : 'next')));
  for (const { id, algorithm, activeFrom } of keys) {
    print(
      now
        ? `Key ${id} (${algorithm}) is current. Running servers take it up within a minute.`
        : `Key ${id} (${algorithm}) is published, and signs from ${instant(activeFrom)} on.`,
    );
  }
  if (now) printWarning('APIs that keep the key set may refuse new tokens until they read it again.');
}

function checkAlgorithm({ config }: Authority, algorithm: SigningAlgorithm): void {
  if (config.keys.algorithms.includes(algorithm)) return;
  throw new Problem({
    exitCode: exitCodes.data,
    what: `There are no ${algorithm} keys.`,
    why: `The configuration signs with ${config.keys.algorithms.join(', ')} (keys.algorithms).`,
    fix: 'Name one of these, or add the algorithm to the configuration.',
  });
}

function keyJson({ id, algorithm, activeFrom }: StoredKey, state: 'current' | 'next') {
  return { id, algorithm, state, activeFrom: isoInstant(activeFrom) };
}
