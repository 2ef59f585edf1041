import { writePairs } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Client, Session } from '../model.ts';
import { issueLogoutToken } from './logout-token.ts';
import { clientsOfSession } from './session-clients.ts';

type Ended = Pick<Session, 'id' | 'userId'>;

/** Bytes of an answer that nobody reads. */
const longest = 65_536;

/**
 * Tells the clients of a session that it has ended, all at once, each at its back-channel logout URI (OpenID Connect
 * Back-Channel Logout §2.5). One that cannot be told is told of in the events; it holds up neither the others nor what
 * comes next, for longer than the fetcher waits. Nothing is sent twice.
 */
export async function tellClients(authority: Authority, session: Ended): Promise<void> {
  if (!authority.config.features.backChannelLogout) return;
  const clients = await clientsOfSession(authority, session.id);
  await Promise.all(clients.map((client) => tell(authority, client, session)));
}

async function tell(authority: Authority, client: Client, session: Ended): Promise<void> {
  const url = client.logout?.backchannelUri;
  if (url === undefined) return;
  const why = await send(authority, url, () => issueLogoutToken(authority, client, session));
  const told = { at: authority.clock(), clientId: client.id, sessionId: session.id };
  authority.emit(why === null ? { type: 'logout.told', ...told } : { type: 'logout.not_told', ...told, why });
}

/** `null` when it has arrived, or why it has not. Never throws, since the others are waited for together with it. */
async function send(authority: Authority, url: string, issue: () => Promise<string>): Promise<string | null> {
  try {
    const form = writePairs([['logout_token', await issue()]]);
    const fetched = await authority.fetcher.fetch({ url, accept: [], longest, form });
    return fetched.outcome === 'fetched' ? null : fetched.why;
  } catch (error) {
    return `no logout token could be made: ${error instanceof Error ? error.message : 'unknown fault'}`;
  }
}
