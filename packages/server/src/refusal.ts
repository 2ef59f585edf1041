import type { Reason } from '@valetkey/protocol';
import type { Authority } from './authority.ts';

/** Letters that are hard to mistake when read aloud (Crockford's base 32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What the person or the client may quote; the log has the story under it. 8 letters, 40 bits. */
export function newReference(random: (size: number) => Uint8Array): string {
  return Array.from(random(8), (byte) => alphabet[byte % 32]).join('');
}

/** What is refused: an `OAuthError`, or a page that cannot be used. */
export interface Refusal {
  /** As the wire sees it. */
  readonly code: string;
  readonly reason: Reason;
}

/** Tells the operator why, and gives the reference for the wire. */
export function recordRefusal(
  authority: Authority,
  refusal: { error: Refusal; endpoint: string; clientId: string | null },
): string {
  const reference = newReference(authority.random);
  authority.emit({
    type: 'request.refused',
    at: authority.clock(),
    endpoint: refusal.endpoint,
    reference,
    error: refusal.error.code,
    ...refusal.error.reason,
    clientId: refusal.clientId,
  });
  return reference;
}

/** Tells the operator of a fault of ours (or of the store), and gives the reference for the wire. */
export function recordFault(
  authority: Authority,
  fault: { type: 'fault' | 'store.unavailable'; endpoint: string; cause: unknown },
): string {
  const reference = newReference(authority.random);
  authority.emit({ ...fault, at: authority.clock(), reference });
  return reference;
}
