import type { Authority } from '../authority.ts';
import { verifyOwnJwt } from '../keys/sign-jwt.ts';

/** Whom an ID token was about, and for whom. */
export interface LogoutHint {
  readonly clientId: string;
  readonly sub: string;
  /** `undefined`: it was issued before sessions were told. */
  readonly sid: string | undefined;
}

/**
 * What an ID token of this server says, however old it is (RP-Initiated Logout §2). `null`: it is none, or the key
 * that signed it is gone by now.
 */
export async function readHint(authority: Authority, value: string): Promise<LogoutHint | null> {
  const claims = await verifyOwnJwt(authority, value, { typ: 'JWT' });
  if (claims === undefined) return null;
  const { aud, azp, sub, sid } = claims;
  const clientId: unknown = azp ?? [aud].flat()[0];
  if (typeof clientId !== 'string' || typeof sub !== 'string') return null;
  return { clientId, sub, sid: typeof sid === 'string' ? sid : undefined };
}
