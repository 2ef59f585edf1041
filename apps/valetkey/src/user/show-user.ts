import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { print, printJson } from '../terminal/print.ts';
import { userFacts, userJson } from './describe-user.ts';
import { findUser } from './find-user.ts';

/** `valetkey user show` */
export async function showUser(name: string, { config, json }: CommonOptions): Promise<void> {
  const user = await withAuthority(config, (authority) => findUser(authority, name));
  if (json) printJson(userJson(user));
  else print(userFacts(user));
}
