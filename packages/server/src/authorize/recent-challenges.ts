/**
 * Notices a client that sends the same `code_challenge` in different transactions (RFC 9700 §2.1.1): such a client has
 * a constant for a verifier. Remembers a bounded number on this node; noticing is all it does.
 */
export class RecentChallenges {
  #recent = new Map<string, string>();
  #earlier: ReadonlyMap<string, string> = new Map();
  readonly #half: number;

  /** Remembers `capacity` at most, and half of it at least. */
  constructor(capacity = 10_000) {
    this.#half = capacity / 2;
  }

  /** True if this client has used the challenge in another transaction (told apart by `state`). */
  repeats(clientId: string, challenge: string, transaction: string): boolean {
    const key = `${clientId} ${challenge}`;
    const before = this.#recent.get(key) ?? this.#earlier.get(key);
    this.#recent.set(key, transaction);
    if (this.#recent.size >= this.#half) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    return before !== undefined && before !== transaction;
  }
}
