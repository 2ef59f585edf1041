import type { Authority } from '../authority.ts';
import type { Code } from '../authorize/code.ts';
import type { Client, ConfirmationKey, Grant } from '../model.ts';

/** The grant of a code, at generation 0. */
export function newGrant(
  authority: Authority,
  code: Code,
  { client, key }: { client: Client; key: ConfirmationKey | undefined },
): Grant {
  const now = authority.clock();
  const { refreshTokenIdle, refreshTokenAbsolute, accessToken } = authority.config.lifetimes;
  const refreshable = client.grantTypes.includes('refresh_token');
  const endsAt = now + (refreshable ? refreshTokenAbsolute : accessToken) * 1000;
  return {
    id: code.grantId,
    clientId: code.clientId,
    userId: code.userId,
    sessionId: code.sessionId,
    // Back-Channel Logout §2.7: what was not asked for the time away ends with the sign-in.
    endsWithSession: code.scopes.includes('openid') && !code.scopes.includes('offline_access'),
    scopes: code.scopes,
    resources: code.resources,
    authenticatedAt: code.authenticatedAt,
    amr: code.amr,
    ...factsOf(code.more),
    // RFC 9449 §5: of public clients only; a confidential one proves itself, and may change its keys.
    ...(key !== undefined && client.authenticationMethod === 'none' ? { key } : {}),
    userEpoch: code.userEpoch,
    clientEpoch: code.clientEpoch,
    consentEpoch: code.consentEpoch,
    generation: 0,
    openedAt: now,
    advancedAt: now,
    lastUsedAt: now,
    expiresAt: refreshable ? Math.min(endsAt, now + refreshTokenIdle * 1000) : endsAt,
    endsAt,
    accessEpoch: 0,
    revokedAt: null,
    revokedWhy: null,
    // Past the last token, and past the code's own life: a swept row could be opened again.
    sweepAt: endsAt + (accessToken + authority.config.lifetimes.authorizationCode) * 1000,
  };
}

function factsOf({ acr, claims, authorizationDetails }: Code['more']): Partial<Grant> {
  return {
    ...(acr === undefined ? {} : { acr }),
    ...(claims === undefined ? {} : { claims }),
    ...(authorizationDetails === undefined ? {} : { authorizationDetails }),
  };
}
