import { endSession } from '../account/sessions.ts';
import type { Authority } from '../authority.ts';
import { timeOrderedId } from '../ids.ts';
import type { User } from '../model.ts';
import type { SessionRenewal } from '../ports.ts';
import { findVisitor, newSessionSecret, sealSessionCookie, type Visitor } from '../session.ts';

/** Where somebody signs in. */
export interface SignInPlace {
  /** Network address of the browser. */
  readonly address: string;
  readonly userAgent: string;
  readonly sessionCookie: string | undefined;
}

/** A session that began or went on, and the cookie that proves it. */
export interface BegunSession {
  readonly cookie: string;
  readonly sessionId: string;
}

/**
 * Signs a person in who has proved who she is. The secret is new at every sign-in (fixation). The same person in the same
 * browser keeps her session, so that what rests on it lives on; for another person the old session ends first.
 */
export async function beginSession(
  authority: Authority,
  user: User,
  { address, userAgent, sessionCookie }: SignInPlace,
): Promise<BegunSession> {
  const now = authority.clock();
  const visitor = await findVisitor(authority, sessionCookie);
  const { secret, secretHash } = newSessionSecret(authority.random);
  const amr = ['pwd'];
  const endsAt = now + authority.config.lifetimes.sessionAbsolute * 1000;
  const fresh = { secretHash, sessionEpoch: user.sessionEpoch, authenticatedAt: now, amr, endsAt };
  const id = (await renewed(authority, user, { visitor, fresh })) ?? timeOrderedId(now, authority.random);
  if (id !== visitor?.session.id) {
    if (visitor !== null) await endSession(authority, visitor.user.id, visitor.session.id);
    const session = { id, userId: user.id, ...fresh, openedAt: now, endedAt: null, address };
    await authority.store.sessions.open({ ...session, userAgent: userAgent.slice(0, 256) });
  }
  authority.emit({ type: 'sign_in.succeeded', at: now, userId: user.id, sessionId: id, address });
  return { cookie: await sealSessionCookie(authority, { id, secret, userId: user.id }), sessionId: id };
}

/** The id of the session that goes on with a new secret, if it is this person's and has not ended meanwhile. */
async function renewed(
  authority: Authority,
  user: User,
  { visitor, fresh }: { visitor: Visitor | null; fresh: Omit<SessionRenewal, 'id'> },
): Promise<string | undefined> {
  if (visitor?.user.id !== user.id) return undefined;
  const { id } = visitor.session;
  return (await authority.store.sessions.renew({ id, ...fresh })) === 'renewed' ? id : undefined;
}
