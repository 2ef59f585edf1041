import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';
import { findUsableClient } from '../register/find-client.ts';

/** The clients that are signed in to with a session, as far as they are still there and enabled. */
export async function clientsOfSession(authority: Authority, sessionId: string): Promise<readonly Client[]> {
  const ids = await authority.store.sessions.clientsOf(sessionId);
  const clients = await Promise.all(ids.map((id) => findUsableClient(authority, id)));
  return clients.filter((client): client is Client => client?.disabledAt === null);
}
