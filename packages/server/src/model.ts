/**
 * The nouns of the authorization server. All instants are milliseconds since the epoch, all lists are sets whose
 * order means nothing, and every record is a plain value: stores keep them, rules judge them, neither changes them.
 *
 * Death by epoch. A grant remembers the `grantEpoch` of its user and client and the `epoch` of the consent it rests
 * on. To end everything that rests on one of them, its epoch is raised: one row is written, however many grants there
 * are, and no grant that is being made at that moment can slip through, because it carries the old number.
 */

/** How a client proves itself at the token endpoint (RFC 6749 §2.3; `none` is a public client). */
export type ClientAuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'none';

export type GrantType = 'authorization_code' | 'refresh_token';

export type AccessTokenFormat = 'jwt' | 'opaque';

/** One of several secrets of a client; only a keyed hash is kept (secrets are 256 random bits). */
export interface ClientSecret {
  readonly id: string;
  readonly hash: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

export interface Client {
  readonly id: string;
  /** Shown to people at sign-in and consent. */
  readonly name: string;
  readonly homepage: string | null;
  readonly applicationType: 'web' | 'native';
  readonly authenticationMethod: ClientAuthenticationMethod;
  readonly secrets: readonly ClientSecret[];
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly GrantType[];
  /** What the client may be granted at most. */
  readonly scopes: readonly string[];
  /** What it is asking for when it sends no `scope`; empty: such a request is refused (RFC 6749 §3.3). */
  readonly defaultScopes: readonly string[];
  /** `null`: as the resource says. */
  readonly accessTokenFormat: AccessTokenFormat | null;
  /** `null`: rotate for public clients, do not for confidential ones. */
  readonly rotateRefreshTokens: boolean | null;
  /** Resource identifiers this client serves: it may introspect tokens meant for them. */
  readonly serves: readonly string[];
  /** `implied`: a first-party app whose people are not asked. */
  readonly consent: 'ask' | 'implied';
  /** Origins of browser clients that may read token responses across origins. */
  readonly allowedOrigins: readonly string[];
  readonly createdAt: number;
  readonly disabledAt: number | null;
  /** Raised when everything ever granted to the client must end. */
  readonly grantEpoch: number;
  /** Raised by every change, so that two writers cannot overwrite each other. */
  readonly version: number;
}

export interface User {
  readonly id: string;
  /** What the person types; compared after `normalizeUsername`. */
  readonly username: string;
  readonly name: string;
  /** PHC string (argon2id), or `null` where no password is set. */
  readonly passwordHash: string | null;
  readonly createdAt: number;
  readonly disabledAt: number | null;
  /** Raised when everything the person granted must end (disabled, password reset). */
  readonly grantEpoch: number;
  /** Raised when every session of the person must end (password changed, signed out everywhere). */
  readonly sessionEpoch: number;
}

/** A person signed in at one browser. The cookie holds `id` and a secret; the row holds the secret's hash. */
export interface Session {
  readonly id: string;
  readonly secretHash: string;
  readonly userId: string;
  readonly sessionEpoch: number;
  /** The last active authentication. */
  readonly authenticatedAt: number;
  /** Authentication methods (RFC 8176). */
  readonly amr: readonly string[];
  readonly openedAt: number;
  readonly endsAt: number;
  readonly endedAt: number | null;
  readonly userAgent: string;
  readonly address: string;
}

/** What one person has allowed one client; the row outlives its withdrawal so that its epoch is never used again. */
export interface Consent {
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly firstGrantedAt: number;
  readonly decidedAt: number;
  /** Coarse: written once an hour at most. */
  readonly lastUsedAt: number | null;
  readonly withdrawnAt: number | null;
  /** Raised by a withdrawal: all grants that rest on an older number are dead. */
  readonly epoch: number;
  /** Raised by every change. */
  readonly version: number;
}

export type RevocationReason =
  | 'code_replayed'
  | 'refresh_token_reused'
  | 'refresh_token_ahead'
  | 'revoked_by_client'
  | 'revoked_by_user'
  | 'revoked_by_administrator';

/**
 * One authorization: its code, its refresh tokens, its access tokens. The row is made by redeeming the code, whose id it
 * bears; before that there is nothing but the sealed code.
 *
 *   (sealed code) --open--> generation 0 --advance--> generation 1 --advance--> ... --+--> expired
 *                                |                        |                           |
 *                                +------- revoke (replay, reuse, client, user) -------+--> revoked (a tombstone)
 */
export interface Grant {
  /** `timeOrderedId`: 48 bits of milliseconds, 128 random bits. */
  readonly id: string;
  readonly clientId: string;
  readonly userId: string;
  readonly sessionId: string;
  /** True: the grant ends with the session. */
  readonly endsWithSession: boolean;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly authenticatedAt: number;
  readonly amr: readonly string[];
  readonly userEpoch: number;
  readonly clientEpoch: number;
  readonly consentEpoch: number;
  /** How often the refresh token has been replaced. */
  readonly generation: number;
  readonly openedAt: number;
  readonly advancedAt: number;
  readonly lastUsedAt: number;
  /** Idle end: moves with use, never past `endsAt`. */
  readonly expiresAt: number;
  /** Absolute end. */
  readonly endsAt: number;
  /** Access tokens that name a smaller number are dead (RFC 7009 on an access token). */
  readonly accessEpoch: number;
  readonly revokedAt: number | null;
  readonly revokedWhy: RevocationReason | null;
  /** When the row may be swept. Set when opened and when revoked, so that a refresh touches no index. */
  readonly sweepAt: number;
}

/** A key of the authority as a store keeps it: the private part is sealed under the root key. */
export interface StoredKey {
  readonly purpose: 'sign' | 'seal';
  /** JWS algorithm, or `A256GCM`. */
  readonly algorithm: string;
  /** Counts up by one a rotation; (purpose, algorithm, slot) is unique, so that of several nodes one rotates. */
  readonly slot: number;
  /** `kid`. */
  readonly id: string;
  readonly createdAt: number;
  /** Signs (seals) from here until the next slot's `activeFrom`; published before. */
  readonly activeFrom: number;
  readonly revokedAt: number | null;
  /** Public JWK for signing keys. */
  readonly publicJwk: Readonly<Record<string, string>> | null;
  readonly sealedPrivate: string;
}

/** Usernames are compared without case and in one Unicode form, so that nobody registers a look-alike by case. */
export function normalizeUsername(username: string): string {
  return username.normalize('NFKC').trim().toLowerCase();
}
