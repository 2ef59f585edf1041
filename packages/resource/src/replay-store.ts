/**
 * Remembers which DPoP proofs were used (RFC 9449 §11.1). Of any number of uses of one key, at once and in any number of
 * processes that share the store, exactly one is the first.
 */
export interface ReplayStore {
  /** Uses a key, 43 letters of base64url. It may be forgotten at `untilMs`; both in milliseconds since the epoch. */
  use(key: string, untilMs: number, nowMs: number): Promise<'first' | 'again'>;
}

/**
 * The default: in the memory of this process, so that a proof can be used once in each process. Where `most` proofs are
 * kept (default 500,000, about 60 MB) and none has expired, a further one fails, and the call is answered with 503.
 */
export function memoryReplay({ most = 500_000 }: { most?: number } = {}): ReplayStore {
  // In two halves, of which the elder goes as a whole once all in it has expired: nothing is walked through.
  let elder = new Map<string, number>();
  let elderUntil = 0;
  let younger = new Map<string, number>();
  let youngerUntil = 0;

  function turn(nowMs: number): void {
    if (nowMs < elderUntil) return;
    [elder, elderUntil] = [younger, youngerUntil];
    [younger, youngerUntil] = [new Map(), 0];
  }

  return {
    async use(key, untilMs, nowMs) {
      const known = younger.get(key) ?? elder.get(key);
      if (known !== undefined && nowMs < known) return 'again';
      // Twice, as both may have expired.
      turn(nowMs);
      turn(nowMs);
      if (elder.size + younger.size >= most) throw new Error(`${most} proofs are kept, which is the most`);
      younger.set(key, untilMs);
      youngerUntil = Math.max(youngerUntil, untilMs);
      return 'first';
    },
  };
}
