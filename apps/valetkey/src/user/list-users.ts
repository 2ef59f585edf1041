import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { instant } from '../terminal/instant.ts';
import { print, printJson, printWarning } from '../terminal/print.ts';
import { table } from '../terminal/table.ts';
import { standingOf, userJson } from './describe-user.ts';

/** `valetkey user list` */
export async function listUsers({ config, json }: CommonOptions): Promise<void> {
  const users = await withAuthority(config, ({ store }) => store.users.list());
  if (json) return printJson(users.map(userJson));
  if (users.length === 0) return printWarning('There are no users yet. `valetkey user add NAME` adds one.');
  const rows = users.map(({ username, name, id, createdAt, disabledAt }) => [
    username,
    name,
    id,
    instant(createdAt),
    standingOf(disabledAt),
  ]);
  print(table(['USERNAME', 'NAME', 'ID', 'CREATED', 'STANDING'], rows));
}
