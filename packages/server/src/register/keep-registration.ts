import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';

/**
 * A client that registered itself stays as long as it is used: when half of its time is over, it starts anew. One that
 * changes at this moment is left as it is; its next use will do.
 */
export async function keepRegistration(authority: Authority, client: Client): Promise<void> {
  const { registration } = client;
  if (registration === undefined || registration.expiresAt === null) return;
  const now = authority.clock();
  const lifetime = authority.config.registration.lifetime * 1000;
  if (lifetime > 0 && registration.expiresAt - now >= lifetime / 2) return;
  const expiresAt = lifetime === 0 ? null : now + lifetime;
  await authority.store.clients.replace({ ...client, registration: { ...registration, expiresAt } });
}
