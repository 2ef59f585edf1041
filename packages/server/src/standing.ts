import type { Authority } from './authority.ts';
import type { Client, Consent, Grant, User } from './model.ts';
import type { Standing } from './ports.ts';
import { isSessionAlive } from './session.ts';

/** The numbers a code or grant was made under. */
interface Epochs {
  readonly userEpoch: number;
  readonly clientEpoch: number;
  readonly consentEpoch: number;
}

interface Ground {
  readonly user: User | null;
  readonly client: Client | null;
  readonly consent: Consent | null;
}

/** Why what rests on this ground is dead, or `undefined` while it stands. */
export function groundFault(epochs: Epochs, { user, client, consent }: Ground): string | undefined {
  if (user === null || user.disabledAt !== null) return 'the account is disabled or gone';
  if (user.grantEpoch !== epochs.userEpoch) return 'everything the person granted before has been ended';
  if (client === null || client.disabledAt !== null) return 'the client is disabled or gone';
  if (client.grantEpoch !== epochs.clientEpoch)
    return 'everything granted to the client before has been ended';
  if ((consent?.epoch ?? 0) !== epochs.consentEpoch) return 'the person has withdrawn her consent';
  return undefined;
}

/** Why a grant is dead, or `undefined` while it lives. Expiry of the refresh token is not judged here. */
export function grantFault(
  grant: Grant,
  ground: Standing & { client: Client | null },
  now: number,
): string | undefined {
  if (grant.revokedAt !== null) return `the grant was revoked (${grant.revokedWhy})`;
  const fault = groundFault(grant, ground);
  if (fault !== undefined) return fault;
  if (grant.endsWithSession && !isSessionAlive(ground.session, ground.user, now))
    return 'the session has ended';
  return undefined;
}

/** How long a revoked grant stays as a tombstone: past the life of everything that was issued from it, and a week to explain. */
export function tombstoneUntil(authority: Authority, now: number): number {
  const { accessToken, authorizationCode } = authority.config.lifetimes;
  return now + (accessToken + authorizationCode + 7 * 86_400) * 1000;
}
