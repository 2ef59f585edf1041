import { createHmac } from 'node:crypto';
import type { Authority } from '../authority.ts';
import { equalInConstantTime } from '../constant-time.ts';

/**
 * Nonces of DPoP (RFC 9449 §8): a keyed hash of the time, so that every node knows those of the others without telling.
 * One is good for `dpop.nonceLifetime` at least, and for one and a half times that at most.
 */
export function currentNonce(authority: Authority): string {
  return nonceOf(authority, slotNow(authority));
}

export function isLivingNonce(authority: Authority, nonce: string | undefined): boolean {
  if (nonce === undefined) return false;
  const slot = slotNow(authority);
  const living = [slot, slot - 1, slot - 2].map((each) => nonceOf(authority, each));
  return living.filter((each) => equalInConstantTime(each, nonce)).length > 0;
}

/** A slot is half of a life: a nonce given out at its end is still good for a whole one. */
function slotNow({ config, clock }: Authority): number {
  return Math.floor(clock() / (config.dpop.nonceLifetime * 500));
}

function nonceOf({ config, rootKey }: Authority, slot: number): string {
  return createHmac('sha256', rootKey.nonceKey).update(`${config.issuer} ${slot}`).digest('base64url');
}
