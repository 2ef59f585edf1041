import { readCookies, sessionCookieName } from './cookies.ts';
import { refusal } from './error.ts';
import { sha256 } from './random.ts';
import type { Session, StoredSession } from './session.ts';
import type { Wiring } from './wiring.ts';

/** The live session a request's cookie leads to. */
export async function findSession(wiring: Wiring, request: Request): Promise<Session | undefined> {
  const key = await sessionKey(wiring, request);
  const stored = key === undefined ? undefined : await liveSession(wiring, key);
  return key === undefined || stored === undefined ? undefined : viewOf(wiring, { key, stored });
}

/** The store's key for the cookie of a request. */
export async function sessionKey(wiring: Wiring, request: Request): Promise<string | undefined> {
  const id = readCookies(request).get(sessionCookieName(wiring.settings.cookies));
  return id ? sha256(id) : undefined;
}

/** A stored session of this client that has not run out. */
export async function liveSession(wiring: Wiring, key: string): Promise<StoredSession | undefined> {
  const stored = await wiring.config.sessions.find(key);
  if (stored?.issuer !== wiring.config.issuer || stored.clientId !== wiring.config.clientId) return undefined;
  if (stored.expiresAt > wiring.now()) return stored;
  await wiring.config.sessions.end(key);
  return undefined;
}

/** Like `liveSession`, where the app counts on a session. */
export async function requireSession(wiring: Wiring, key: string): Promise<StoredSession> {
  const stored = await liveSession(wiring, key);
  if (!stored) throw refusal('session_ended', 'the session is not in the store or has run out');
  return stored;
}

export function viewOf(wiring: Wiring, { key, stored }: { key: string; stored: StoredSession }): Session {
  const { accessTokenExpiresAt } = stored.tokens;
  const scope = stored.tokens.scope.split(' ').filter((token) => token !== '');
  return {
    key,
    signedInAt: stored.signedInAt,
    expiresAt: stored.expiresAt,
    scope,
    missingScope: wiring.config.scope.split(' ').filter((token) => !scope.includes(token)),
    ...(accessTokenExpiresAt === undefined ? {} : { accessTokenExpiresAt }),
    refreshable: stored.tokens.refreshToken !== undefined,
    renewals: stored.renewals,
  };
}
