import type { Authority } from '../authority.ts';
import type { SignInFailure } from '../events.ts';
import { normalizeUsername, type User } from '../model.ts';
import { type BegunSession, beginSession, type SignInPlace } from './begin-session.ts';
import { longestPassword } from './new-password.ts';
import { verifyPassword } from './password-hash.ts';
import { admit, forgive } from './throttle.ts';

export interface SignInAttempt extends SignInPlace {
  readonly username: string;
  readonly password: string;
}

export type SignInOutcome =
  | ({ readonly outcome: 'signed-in' } & BegunSession)
  /** Unknown account, wrong password and disabled account look alike. */
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'throttled'; readonly retryAt: number };

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
  return { outcome: 'signed-in', ...(await beginSession(authority, user, attempt)) };
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
