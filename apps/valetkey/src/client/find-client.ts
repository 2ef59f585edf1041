import type { Authority, Client } from '@valetkey/server';
import { exitCodes, Problem } from '../terminal/problem.ts';

/** The client of this id. Throws `Problem` when there is none. */
export async function findClient({ store }: Authority, id: string): Promise<Client> {
  const client = await store.clients.find(id);
  if (client === null) throw unknownClient(id);
  return client;
}

export function unknownClient(id: string): Problem {
  return new Problem({
    exitCode: exitCodes.unknown,
    what: `There is no client ${id}.`,
    why: 'No client with this id is registered in the database of this configuration.',
    fix: '`valetkey client list` shows all of them.',
  });
}
