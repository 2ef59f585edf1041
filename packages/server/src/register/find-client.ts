import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';

/** A client by its id. */
export function findClient(authority: Authority, clientId: string): Promise<Client | null> {
  return authority.store.clients.find(clientId);
}
