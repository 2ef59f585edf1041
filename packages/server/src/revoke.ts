import { OAuthError, type Parameters, readTokenQuery } from '@valetkey/protocol';
import type { Authority } from './authority.ts';
import type { Caller } from './caller.ts';
import { tombstoneUntil } from './standing.ts';
import { openAccessToken } from './token/access-token.ts';
import { type AuthenticatedClient, authenticate } from './token/authenticate.ts';
import { openRefreshToken } from './token/refresh-token.ts';

/**
 * Revocation (RFC 7009). A refresh token ends its grant with all access tokens; an access token ends the access tokens
 * of its grant and leaves the refresh token. Unknown and dead tokens are a success (§2.2). Hints are not needed: the
 * token says itself what it is.
 */
export async function revoke(authority: Authority, caller: Caller, body: Parameters): Promise<void> {
  const { token } = readTokenQuery(body);
  const client = await authenticate(authority, caller, body);
  const refreshToken = await openRefreshToken(authority, token);
  if (refreshToken !== undefined) {
    requireOwn(client, refreshToken.clientId);
    return revokeGrant(authority, refreshToken);
  }
  const accessToken = await openAccessToken(authority, token);
  // One that has run out is dead already: it must not take the living ones of its grant with it.
  if (accessToken === undefined || accessToken.exp * 1000 <= authority.clock()) return;
  requireOwn(client, accessToken.clientId);
  if ((await authority.store.grants.revokeAccess(accessToken.grantId)) === 'revoked') {
    const { grantId, clientId } = accessToken;
    authority.emit({ type: 'access_tokens.revoked', at: authority.clock(), grantId, clientId });
  }
}

async function revokeGrant(
  authority: Authority,
  of: { grantId: string; userId: string; clientId: string },
): Promise<void> {
  const now = authority.clock();
  const why = 'revoked_by_client';
  const revoked = await authority.store.grants.revoke({
    id: of.grantId,
    why,
    now,
    sweepAt: tombstoneUntil(authority, now),
  });
  if (revoked === 'revoked')
    authority.emit({
      type: 'grant.revoked',
      at: now,
      why,
      grantId: of.grantId,
      userId: of.userId,
      clientId: of.clientId,
    });
}

function requireOwn(client: AuthenticatedClient, owner: string): void {
  if (client.id === owner) return;
  throw new OAuthError('unauthorized_client', 'The token was not issued to this client.', {
    field: 'token',
    expected: `a token of client ${client.id}`,
    got: `a token of client ${owner}`,
    requirement: 'IR-032',
  });
}
