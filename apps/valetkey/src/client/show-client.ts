import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { print, printJson } from '../terminal/print.ts';
import { clientFacts, clientJson } from './describe-client.ts';
import { findClient } from './find-client.ts';

/** `valetkey client show` */
export async function showClient(id: string, { config, json }: CommonOptions): Promise<void> {
  const client = await withAuthority(config, (authority) => findClient(authority, id));
  if (json) printJson(clientJson(client));
  else print(clientFacts(client));
}
