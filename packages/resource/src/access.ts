import type { JsonObject } from '@valetkey/jwt';

/** What a good token says about the caller. */
export interface Access {
  readonly issuer: string;
  /**
   * `sub`: the person for whom the client acts. Unique within the issuer only. Absent where the client acts for itself, and
   * where introspection leaves it out.
   */
  readonly subject?: string;
  /** `client_id`: who acts. */
  readonly clientId?: string;
  /** Whether the client acts for itself, so that no person is behind the call (RFC 9700 §4.15). */
  readonly isClientItself: boolean;
  /** As the token has it, without what its scope tokens imply. */
  readonly scope: readonly string[];
  /** RFC 9396 §9 */
  readonly authorizationDetails: readonly AuthorizationDetail[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** How the person signed in (RFC 9470 §6). */
  readonly acr?: string;
  /** When the person signed in, in milliseconds since the epoch. */
  readonly authTime?: number;
  /** The thumbprint of the key whose possession was proved, by `cnf` (RFC 7800 §3.1). */
  readonly key?: BoundKey;
  /** All claims of the JWT (RFC 9068 §2.2), or all members of the introspection answer (RFC 7662 §2.2). */
  readonly claims: JsonObject;
}

/** One of the rights a token gives (RFC 9396 §2). */
export interface AuthorizationDetail extends JsonObject {
  readonly type: string;
}

/** One of the two, or both. */
export interface BoundKey {
  /** Of a DPoP key (RFC 7638). */
  readonly jkt?: string;
  /** `x5t#S256` of a certificate (RFC 8705 §3.1). */
  readonly certificate?: string;
}

/** Reads claims that have been checked, and of `cnf` what was proved. */
export function accessOf(
  { issuer, claims, key }: { issuer: string; claims: JsonObject; key: BoundKey | undefined },
  isClientItself: (claims: JsonObject) => boolean,
): Access {
  const { sub, client_id: clientId, scope, exp, acr, auth_time: authTime } = claims;
  const alone = isClientItself(claims);
  return {
    issuer,
    ...(typeof sub === 'string' && !alone ? { subject: sub } : {}),
    ...(typeof clientId === 'string' ? { clientId } : {}),
    isClientItself: alone,
    // RFC 6749 §3.3
    scope: typeof scope === 'string' ? scope.split(' ').filter((token) => token !== '') : [],
    authorizationDetails: (claims.authorization_details ?? []) as AuthorizationDetail[],
    expiresAt: Number(exp) * 1000,
    ...(typeof acr === 'string' ? { acr } : {}),
    ...(typeof authTime === 'number' ? { authTime: authTime * 1000 } : {}),
    ...(key === undefined ? {} : { key }),
    claims,
  };
}

/** Facts about a person and her sign-in (RFC 9068 §2.2.1, RFC 7662 §2.2), which no client has. */
const personal = ['acr', 'amr', 'auth_time', 'username'];

/**
 * RFC 9068 §2.2: such a token has the client as its subject, and nothing of a person. The subject alone does not decide: a
 * client may have got itself the id of a person.
 */
export function namesNoPerson(claims: JsonObject): boolean {
  const { sub, client_id: clientId } = claims;
  return (sub === undefined || sub === clientId) && personal.every((name) => claims[name] === undefined);
}
