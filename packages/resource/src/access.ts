import type { JsonObject } from './strict-json.ts';

/** What a good token says about the caller. */
export interface Access {
  readonly issuer: string;
  /** `sub`: for whom the client acts. Unique within the issuer only; introspection may leave it out. */
  readonly subject?: string;
  /** `client_id`: who acts. */
  readonly clientId?: string;
  readonly scope: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** All claims of the JWT (RFC 9068 §2.2), or all members of the introspection answer (RFC 7662 §2.2). */
  readonly claims: JsonObject;
}

/** Reads claims that have been checked. */
export function accessOf(issuer: string, claims: JsonObject): Access {
  const { sub, client_id: clientId, scope, exp } = claims;
  return {
    issuer,
    ...(typeof sub === 'string' ? { subject: sub } : {}),
    ...(typeof clientId === 'string' ? { clientId } : {}),
    // RFC 6749 §3.3
    scope: typeof scope === 'string' ? scope.split(' ').filter((token) => token !== '') : [],
    expiresAt: Number(exp) * 1000,
    claims,
  };
}
