import type { Authority } from '../authority.ts';
import type { Consent } from '../model.ts';

const hour = 3_600_000;

/**
 * Notes on the consent that it is in use, for the page of connected apps: once an hour at most, so that tokens cost no
 * write. A first-party app whose people are not asked gets its row here, so that it can be seen and disconnected.
 */
export async function rememberUse(
  authority: Authority,
  use: { userId: string; clientId: string; scopes: readonly string[]; resources: readonly string[] },
  consent: Consent | null,
): Promise<void> {
  const now = authority.clock();
  const { userId, clientId, scopes, resources } = use;
  if (consent !== null && consent.withdrawnAt === null) {
    if (now - (consent.lastUsedAt ?? 0) > hour) await authority.store.consents.use(userId, clientId, now);
    return;
  }
  await authority.store.consents.record({
    userId,
    clientId,
    scopes,
    resources,
    firstGrantedAt: now,
    decidedAt: now,
    lastUsedAt: now,
    withdrawnAt: null,
    epoch: consent?.epoch ?? 0,
    version: consent?.version ?? 0,
  });
}
