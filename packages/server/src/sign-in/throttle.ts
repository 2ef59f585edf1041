import { createHash } from 'node:crypto';
import type { Authority } from '../authority.ts';
import type { Taken } from '../ports.ts';
import { addressKey } from './address-key.ts';

/** A try was counted and may be judged, or one has to wait. */
export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly by: 'account' | 'address'; readonly retryAt: number };

/**
 * Counts the try before it is judged, so that many at once cannot pass the limit. Accounts that do not exist are counted
 * alike, so that the limit tells nothing about them.
 */
export async function admit(
  authority: Authority,
  who: { account: string; address: string },
): Promise<Admission> {
  const address = addressKey(who.address);
  for (const by of ['address', 'account'] as const) {
    const taken = await take(authority, by, { ...who, address }[by]);
    if (taken.outcome === 'refused') return { admitted: false, by, retryAt: taken.retryAt };
  }
  return { admitted: true };
}

/** Counts an account that is about to be made. `null`: it may be; else the instant from which it may. */
export async function admitSignUp(authority: Authority, address: string): Promise<number | null> {
  const taken = await take(authority, 'signUp', addressKey(address));
  return taken.outcome === 'refused' ? taken.retryAt : null;
}

/** After a success the account starts from nothing; the address does not, or one good account would free it. */
export function forgive(authority: Authority, account: string): Promise<void> {
  return authority.store.attempts.clear(attemptKey('account', account));
}

type Limit = 'account' | 'address' | 'signUp';

function take(authority: Authority, by: Limit, value: string): Promise<Taken> {
  const { limit, windowSeconds } = authority.config.throttling[by];
  const key = attemptKey(by, value);
  return authority.store.attempts.take({ key, limit, window: windowSeconds * 1000, now: authority.clock() });
}

function attemptKey(by: Limit, value: string): string {
  return `${by}:${createHash('sha256').update(value).digest('base64url')}`;
}
