import { type Authority, openSealed, sealNow } from './authority.ts';
import { equalInConstantTime, hashSecret } from './constant-time.ts';
import type { Consent, Session, User } from './model.ts';
import type { Standing } from './ports.ts';

/**
 * The session cookie: the session's id and a 256-bit secret whose hash is in the row, sealed together with the moment
 * of the last visit. So idle time is judged without writing to the row at each visit: an old cookie says it is old.
 */
interface CookieContent {
  /** session */ readonly i: string;
  /** secret */ readonly s: string;
  /** user */ readonly u: string;
  /** last visit */ readonly t: number;
}

/** Someone signed in at this browser now. */
export interface Visitor {
  readonly user: User;
  readonly session: Session;
  /** Her consent to the client that was asked about. */
  readonly consent: Consent | null;
  /** Set when the cookie should be sent anew, so that the idle time starts again. */
  readonly renewedCookie: string | null;
}

export function newSessionSecret(random: (size: number) => Uint8Array): {
  secret: string;
  secretHash: string;
} {
  const secret = Buffer.from(random(32)).toString('base64url');
  return { secret, secretHash: hashSecret(secret) };
}

export function sealSessionCookie(
  authority: Authority,
  session: { id: string; secret: string; userId: string },
): Promise<string> {
  const content: CookieContent = {
    i: session.id,
    s: session.secret,
    u: session.userId,
    t: authority.clock(),
  };
  return sealNow(authority, 'session', content);
}

/** Who visits with this cookie; `clientId` names the client whose consent is wanted. One read, no write. */
export async function findVisitor(
  authority: Authority,
  cookie: string | undefined,
  clientId = '',
): Promise<Visitor | null> {
  if (cookie === undefined || cookie.length > 1024) return null;
  const content = (await openSealed(authority, 'session', cookie)) as CookieContent | undefined;
  if (content === undefined) return null;
  const now = authority.clock();
  const idle = authority.config.lifetimes.sessionIdle * 1000;
  if (now - content.t >= idle) return null;
  const standing = await authority.store.standing({ userId: content.u, clientId, sessionId: content.i });
  if (!isSignedIn(standing, content.s, now)) return null;
  const renew = now - content.t >= idle / 20;
  return {
    ...standing,
    renewedCookie: renew
      ? await sealSessionCookie(authority, { id: content.i, secret: content.s, userId: content.u })
      : null,
  };
}

/** Whether a session still stands, whoever holds its cookie. */
export function isSessionAlive(session: Session | null, user: User | null, now: number): boolean {
  if (session === null || user === null) return false;
  if (session.endedAt !== null || session.endsAt <= now) return false;
  return session.userId === user.id && user.disabledAt === null && session.sessionEpoch === user.sessionEpoch;
}

function isSignedIn(
  standing: Standing,
  secret: string,
  now: number,
): standing is Standing & { user: User; session: Session } {
  const { user, session } = standing;
  return (
    isSessionAlive(session, user, now) &&
    session !== null &&
    equalInConstantTime(hashSecret(secret), session.secretHash)
  );
}
