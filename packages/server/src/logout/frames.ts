import { authorizationResponseUrl } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { sessionIdFor } from '../openid/subject.ts';
import { clientsOfSession } from './session-clients.ts';

/**
 * The addresses that clear the clients' own sessions when a browser loads them in frames (OpenID Connect Front-Channel
 * Logout §2, §3). Browsers that block the cookies of others load them in vain: what has to be sure goes by the back
 * channel, which a client is told by as well when it registered both.
 */
export async function logoutFrames(authority: Authority, sessionId: string): Promise<readonly string[]> {
  const { issuer, features } = authority.config;
  if (!features.frontChannelLogout) return [];
  const clients = await clientsOfSession(authority, sessionId);
  return clients.flatMap((client) => {
    const uri = client.logout?.frontchannelUri;
    if (uri === undefined) return [];
    const sid = sessionIdFor(authority, client, sessionId);
    return [
      authorizationResponseUrl(uri, [
        ['iss', issuer],
        ['sid', sid],
      ]),
    ];
  });
}
