import type { Authority } from '../authority.ts';
import type { Grant } from '../model.ts';

/** Notes which apps a person is signed in to, where she asked to be: they hear when the session ends (Back-Channel Logout §2.3). */
export async function enterSession(authority: Authority, grant: Grant): Promise<void> {
  if (!grant.scopes.includes('openid')) return;
  const { sessionId, clientId } = grant;
  await authority.store.sessions.enter({ sessionId, clientId, now: authority.clock() });
}
