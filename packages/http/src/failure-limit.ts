import { hash } from 'node:crypto';

/**
 * Slows guessing of client credentials down: so many failures of one client from one address in a window, then 429. Kept
 * on this node, bounded; secrets are 256 random bits, so this limits noise more than danger. A client cannot be locked
 * out from another address.
 */
export class FailureLimit {
  readonly #windows = new Map<string, { count: number; endsAt: number }>();
  readonly #limit: number;
  readonly #window: number;
  readonly #capacity = 10_000;

  constructor(limits: { limit: number; windowSeconds: number }) {
    this.#limit = limits.limit;
    this.#window = limits.windowSeconds * 1000;
  }

  /** Seconds to wait, or 0. */
  wait(key: string, now: number): number {
    const window = this.#windows.get(kept(key));
    if (window === undefined || window.endsAt <= now || window.count < this.#limit) return 0;
    return Math.ceil((window.endsAt - now) / 1000);
  }

  failed(key: string, now: number): void {
    const window = this.#windows.get(kept(key));
    if (window !== undefined && window.endsAt > now) {
      window.count += 1;
      return;
    }
    if (this.#windows.size >= this.#capacity) this.#forget(now);
    this.#windows.set(kept(key), { count: 1, endsAt: now + this.#window });
  }

  /** Drops windows that are over, or else the oldest tenth. */
  #forget(now: number): void {
    for (const [key, window] of this.#windows) if (window.endsAt <= now) this.#windows.delete(key);
    let surplus = this.#windows.size - this.#capacity * 0.9;
    for (const key of this.#windows.keys()) {
      if (surplus <= 0) return;
      this.#windows.delete(key);
      surplus -= 1;
    }
  }
}

/** A request may name a client as long as its body: of that a hash is kept. */
function kept(key: string): string {
  return key.length <= 256 ? key : hash('sha256', key, 'base64url');
}
