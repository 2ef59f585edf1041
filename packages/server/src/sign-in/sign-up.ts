import type { Authority } from '../authority.ts';
import { timeOrderedId } from '../ids.ts';
import { normalizeUsername, type User } from '../model.ts';
import { type BegunSession, beginSession, type SignInPlace } from './begin-session.ts';
import { isStrongPassword, leastPassword } from './new-password.ts';
import { hashPassword } from './password-hash.ts';
import { admitSignUp } from './throttle.ts';

export interface SignUpAttempt extends SignInPlace {
  readonly username: string;
  /** How the person is called. */
  readonly name: string;
  readonly password: string;
}

export type SignUpOutcome =
  | ({ readonly outcome: 'signed-up' } & BegunSession)
  /** Somebody has this username; whoever typed it is not signed in, whatever the password. */
  | { readonly outcome: 'taken' }
  /** `least`: characters that a password must have. */
  | { readonly outcome: 'weak'; readonly least: number }
  /** The name or the username is missing or cannot be used. */
  | { readonly outcome: 'name' }
  | { readonly outcome: 'throttled'; readonly retryAt: number };

/**
 * A person makes an account of her own, and is signed in to it (OpenID Connect Initiating User Registration). What is
 * wrong with the form alone is told before anything is counted or looked up.
 */
export async function signUp(authority: Authority, attempt: SignUpAttempt): Promise<SignUpOutcome> {
  const { password, address } = attempt;
  const username = normalizeUsername(attempt.username);
  const name = attempt.name.normalize('NFC').trim();
  if (!isUsername(username) || !isName(name)) return { outcome: 'name' };
  if (!isStrongPassword(password, [username, name])) return { outcome: 'weak', least: leastPassword };
  const retryAt = await admitSignUp(authority, address);
  if (retryAt !== null) return { outcome: 'throttled', retryAt };
  if ((await authority.store.users.findByUsername(username)) !== null) return { outcome: 'taken' };
  const user = await newUser(authority, { username, name, password });
  // Of two people who want one name at once the store chooses one.
  if ((await authority.store.users.add(user)) === 'exists') return { outcome: 'taken' };
  authority.emit({ type: 'account.created', at: user.createdAt, userId: user.id, address });
  return { outcome: 'signed-up', ...(await beginSession(authority, user, attempt)) };
}

async function newUser(
  authority: Authority,
  { username, name, password }: { username: string; name: string; password: string },
): Promise<User> {
  const passwordHash = await hashPassword(password, authority.random(16));
  const now = authority.clock();
  return {
    id: timeOrderedId(now, authority.random),
    username,
    name,
    passwordHash,
    createdAt: now,
    disabledAt: null,
    grantEpoch: now,
    sessionEpoch: 0,
  };
}

/** Seen as it is: nothing invisible in it, so that nobody passes for another by what the eye does not see. */
function isUsername(username: string): boolean {
  return /^(?!\p{M})[^\p{C}\p{Zl}\p{Zp}\p{DI}]{1,128}$/u.test(username);
}

/** The joiners are letters to those who need them. */
function isName(name: string): boolean {
  return /^(?:[\u200c\u200d]|[^\p{C}\p{Zl}\p{Zp}]){1,100}$/u.test(name) && /[^\p{DI}\s]/u.test(name);
}
