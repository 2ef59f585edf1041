import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { print, printJson } from '../terminal/print.ts';
import { unknownClient } from './find-client.ts';

/** `valetkey client remove` */
export async function removeClient(id: string, { config, json }: CommonOptions): Promise<void> {
  const minutes = await withAuthority(config, async ({ store, config: { lifetimes } }) => {
    if ((await store.clients.remove(id)) === 'unknown') throw unknownClient(id);
    return Math.ceil(lifetimes.accessToken / 60);
  });
  if (json) return printJson({ id, removed: true });
  print(`Client ${id} is removed, and all it was granted has ended.`);
  print(`An API that verifies access tokens by itself may take one for ${minutes} more minutes at most.`);
}
