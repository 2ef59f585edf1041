import { createHash } from 'node:crypto';
import type { Authority } from '../authority.ts';

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
  for (const by of ['address', 'account'] as const) {
    const { limit, windowSeconds } = authority.config.throttling[by];
    const attempt = {
      key: attemptKey(by, who[by]),
      limit,
      window: windowSeconds * 1000,
      now: authority.clock(),
    };
    const taken = await authority.store.attempts.take(attempt);
    if (taken.outcome === 'refused') return { admitted: false, by, retryAt: taken.retryAt };
  }
  return { admitted: true };
}

/** After a success the account starts from nothing; the address does not, or one good account would free it. */
export function forgive(authority: Authority, account: string): Promise<void> {
  return authority.store.attempts.clear(attemptKey('account', account));
}

function attemptKey(by: 'account' | 'address', value: string): string {
  return `${by}:${createHash('sha256').update(value).digest('base64url')}`;
}
