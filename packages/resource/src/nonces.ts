/** Nonces for DPoP proofs (RFC 9449 §9). */
export interface Nonces {
  /** The one to give out now, and which are good now. */
  now(): Promise<{ readonly current: string; readonly good: readonly string[] }>;
}

interface Source {
  /** Which API they are for: the nonces of two with one secret differ. */
  readonly audience: string;
  readonly secret: Uint8Array;
  readonly lifetimeSeconds: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * A keyed hash of the time, so that all processes with the secret know each other's without telling, and none is stored. A
 * nonce is given to whoever asks, so that it is compared like any other text.
 */
export function createNonces({ audience, secret, lifetimeSeconds, clock }: Source): Nonces {
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = crypto.subtle.importKey('raw', Uint8Array.from(secret), hmac, false, ['sign']);
  let latest = { slot: Number.NaN, good: Promise.resolve<readonly string[]>([]) };

  async function nonceOf(slot: number): Promise<string> {
    const text = new TextEncoder().encode(`DPoP ${audience} ${slot}`);
    const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', await key, text)).subarray(0, 16);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  return {
    async now() {
      // A slot is half of a life: a nonce given out at its end is still good for a whole one.
      const slot = Math.floor(clock() / (lifetimeSeconds * 500));
      if (slot !== latest.slot) latest = { slot, good: Promise.all([slot, slot - 1, slot - 2].map(nonceOf)) };
      const good = await latest.good;
      return { current: good[0] ?? '', good };
    },
  };
}
