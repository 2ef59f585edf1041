import { createHmac } from 'node:crypto';
import type { Authority } from '../authority.ts';

/** So that scanners find a token that was leaked. */
const prefix = 'vkreg_';

/** A registration access token (RFC 7592 §3): 256 random bits. */
export function newRegistrationToken({ random }: Pick<Authority, 'random'>): string {
  return prefix + Buffer.from(random(32)).toString('base64url');
}

/** The keyed hash that is kept of it, and of nothing else. */
export function hashRegistrationToken(
  { rootKey }: Pick<Authority, 'rootKey'>,
  clientId: string,
  token: string,
): string {
  return createHmac('sha256', rootKey.secretHashKey)
    .update(`registration ${clientId} ${token}`)
    .digest('base64url');
}
