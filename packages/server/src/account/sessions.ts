import type { Authority } from '../authority.ts';
import { tellClients } from '../logout/tell-clients.ts';
import type { Session, User } from '../model.ts';
import { isSessionAlive } from '../session.ts';

/** Where a person is signed in, newest first. */
export async function listSessions(authority: Authority, user: User): Promise<readonly Session[]> {
  const now = authority.clock();
  const sessions = await authority.store.sessions.listOf(user.id, now);
  return sessions.filter((session) => isSessionAlive(session, user, now));
}

/** Ends one session of this person, and tells its clients; one of somebody else is left alone. */
export async function endSession(authority: Authority, userId: string, sessionId: string): Promise<void> {
  const session = await authority.store.sessions.find(sessionId);
  if (session?.userId !== userId) return;
  const now = authority.clock();
  if ((await authority.store.sessions.end(sessionId, now)) !== 'ended') return;
  authority.emit({ type: 'session.ended', at: now, userId, sessionId });
  await tellClients(authority, session);
}

/** Signs the person out everywhere, this browser included, and tells the clients of every session. */
export async function endAllSessions(authority: Authority, userId: string): Promise<void> {
  const user = await authority.store.users.find(userId);
  if (user === null) return;
  // Read before, since nothing tells afterwards which of them were alive.
  const sessions = await listSessions(authority, user);
  await authority.store.users.endSessions(userId);
  authority.emit({ type: 'sessions.ended', at: authority.clock(), userId });
  await Promise.all(sessions.map((session) => tellClients(authority, session)));
}
