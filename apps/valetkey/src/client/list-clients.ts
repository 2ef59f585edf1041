import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { instant } from '../terminal/instant.ts';
import { print, printJson, printWarning } from '../terminal/print.ts';
import { table } from '../terminal/table.ts';
import { clientJson, kindOf } from './describe-client.ts';

/** `valetkey client list` */
export async function listClients({ config, json }: CommonOptions): Promise<void> {
  const clients = await withAuthority(config, ({ store }) => store.clients.list());
  if (json) return printJson(clients.map(clientJson));
  if (clients.length === 0)
    return printWarning('There are no clients yet. `valetkey client add --help` shows how to add one.');
  const rows = clients.map((client) => [
    client.id,
    client.name,
    kindOf(client),
    client.scopes.join(' ') || '-',
    instant(client.createdAt),
  ]);
  print(table(['ID', 'NAME', 'KIND', 'SCOPES', 'CREATED'], rows));
}
