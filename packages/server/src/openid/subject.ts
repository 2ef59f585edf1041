import { createHmac } from 'node:crypto';
import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';

/**
 * The `sub` a client knows a person by (OpenID Connect Core §8): the person's id, or for a pairwise client a value of its
 * sector, which another sector can neither link nor reverse.
 */
export function subjectFor(authority: Pick<Authority, 'rootKey'>, client: Client, userId: string): string {
  if (client.openid?.subjectType !== 'pairwise') return userId;
  return createHmac('sha256', authority.rootKey.pairwiseKey)
    .update(`${sectorOf(client)} ${userId}`)
    .digest('base64url');
}

/** Core §8.1: the host of the sector identifier, or else the one host of the redirect URIs. */
function sectorOf(client: Client): string {
  const { sectorIdentifierUri } = client.openid ?? {};
  return new URL(sectorIdentifierUri ?? client.redirectUris[0] ?? '').hostname;
}

/** The `sid` a client knows a session by (Back-Channel Logout §2.1): one for a session and client, not to be guessed. */
export function sessionIdFor(
  authority: Pick<Authority, 'rootKey'>,
  client: Pick<Client, 'id'>,
  sessionId: string,
): string {
  return createHmac('sha256', authority.rootKey.sessionIdKey)
    .update(`${client.id} ${sessionId}`)
    .digest('base64url');
}
