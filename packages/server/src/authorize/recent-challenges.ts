/**
 * Notices a client that sends the same `code_challenge` in different transactions (RFC 9700 §2.1.1): such a client has
 * a constant for a verifier. Remembers a bounded number on this node; noticing is all it does.
 */
export class RecentChallenges {
  readonly #seen = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  /** True if this client has used the challenge in another transaction (told apart by `state`). */
  repeats(clientId: string, challenge: string, transaction: string): boolean {
    const key = `${clientId} ${challenge}`;
    const before = this.#seen.get(key);
    this.#seen.delete(key);
    this.#seen.set(key, transaction);
    if (this.#seen.size > this.#capacity) this.#forgetOldest();
    return before !== undefined && before !== transaction;
  }

  #forgetOldest(): void {
    for (const key of this.#seen.keys()) {
      this.#seen.delete(key);
      return;
    }
  }
}
