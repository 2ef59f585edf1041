import type { Authority } from '../authority.ts';
import type { Client, Consent } from '../model.ts';
import { findUsableClient } from '../register/find-client.ts';

export interface ConnectedApp {
  readonly consent: Consent;
  /** `null`: the client is no longer registered. */
  readonly client: Client | null;
}

/** The apps a person has allowed to act for her. */
export async function listApps(authority: Authority, userId: string): Promise<readonly ConnectedApp[]> {
  const consents = await authority.store.consents.listOf(userId);
  return Promise.all(
    consents.map(async (consent) => ({
      consent,
      client: await findUsableClient(authority, consent.clientId),
    })),
  );
}

/** Withdraws consent: every grant that rests on it is dead at once, whatever their number. */
export async function disconnectApp(
  authority: Authority,
  userId: string,
  clientId: string,
): Promise<boolean> {
  const now = authority.clock();
  if ((await authority.store.consents.withdraw(userId, clientId, now)) !== 'withdrawn') return false;
  authority.emit({ type: 'consent.withdrawn', at: now, userId, clientId });
  return true;
}
