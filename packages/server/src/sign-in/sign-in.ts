import { endSession } from '../account/sessions.ts';
import type { Authority } from '../authority.ts';
import type { SignInFailure } from '../events.ts';
import { timeOrderedId } from '../ids.ts';
import { normalizeUsername, type User } from '../model.ts';
import type { SessionRenewal } from '../ports.ts';
import { findVisitor, newSessionSecret, sealSessionCookie, type Visitor } from '../session.ts';
import { verifyPassword } from './password-hash.ts';
import { admit, forgive } from './throttle.ts';

export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  /** Network address of the browser. */
  readonly address: string;
  readonly userAgent: string;
  readonly sessionCookie: string | undefined;
}

export type SignInOutcome =
  | { readonly outcome: 'signed-in'; readonly cookie: string; readonly sessionId: string }
  /** Unknown account, wrong password and disabled account look alike. */
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'throttled'; readonly retryAt: number };

const longestPassword = 1024;

/** Sign-in by password. */
export async function signInWithPassword(
  authority: Authority,
  attempt: SignInAttempt,
): Promise<SignInOutcome> {
  const account = normalizeUsername(attempt.username).slice(0, 256);
  const admission = await admit(authority, { account, address: attempt.address });
  if (!admission.admitted) {
    const why = admission.by === 'account' ? 'throttled_account' : 'throttled_address';
    failed(authority, attempt, { account, why });
    return { outcome: 'throttled', retryAt: admission.retryAt };
  }
  const user = await authority.store.users.findByUsername(account);
  const fits = await verifyPassword(attempt.password.slice(0, longestPassword), user?.passwordHash ?? null);
  if (user === null || !fits || user.disabledAt !== null) {
    failed(authority, attempt, { account, why: whyWrong(user, fits) });
    return { outcome: 'wrong' };
  }
  await forgive(authority, account);
  return beginSession(authority, user, attempt);
}

/**
 * The secret is new at every sign-in (fixation). The same person in the same browser keeps her session, so that what
 * rests on it lives on; for another person the old session ends first.
 */
async function beginSession(
  authority: Authority,
  user: User,
  attempt: SignInAttempt,
): Promise<SignInOutcome> {
  const now = authority.clock();
  const visitor = await findVisitor(authority, attempt.sessionCookie);
  const { secret, secretHash } = newSessionSecret(authority.random);
  const amr = ['pwd'];
  const endsAt = now + authority.config.lifetimes.sessionAbsolute * 1000;
  const fresh = { secretHash, sessionEpoch: user.sessionEpoch, authenticatedAt: now, amr, endsAt };
  const id = (await renewed(authority, user, { visitor, fresh })) ?? timeOrderedId(now, authority.random);
  if (id !== visitor?.session.id) {
    if (visitor !== null) await endSession(authority, visitor.user.id, visitor.session.id);
    const { userAgent, address } = attempt;
    const session = { id, userId: user.id, ...fresh, openedAt: now, endedAt: null, address };
    await authority.store.sessions.open({ ...session, userAgent: userAgent.slice(0, 256) });
  }
  authority.emit({
    type: 'sign_in.succeeded',
    at: now,
    userId: user.id,
    sessionId: id,
    address: attempt.address,
  });
  return {
    outcome: 'signed-in',
    cookie: await sealSessionCookie(authority, { id, secret, userId: user.id }),
    sessionId: id,
  };
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

function whyWrong(user: User | null, fits: boolean): SignInFailure {
  if (user === null) return 'unknown_account';
  return fits ? 'disabled' : 'wrong_password';
}

/** The account's name is told to the operator as typed only if it exists: people type passwords into the wrong field. */
function failed(
  authority: Authority,
  attempt: SignInAttempt,
  { account, why }: { account: string; why: SignInFailure },
): void {
  const shownAccount = why === 'unknown_account' ? `unknown, ${account.length} characters` : account;
  authority.emit({
    type: 'sign_in.failed',
    at: authority.clock(),
    account: shownAccount,
    address: attempt.address,
    why,
  });
}
