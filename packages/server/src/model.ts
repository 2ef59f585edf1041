import type { AuthorizationDetail, ClaimsRequest } from '@valetkey/protocol';

/**
 * The nouns of the authorization server. All instants are milliseconds since the epoch, all lists are sets whose
 * order means nothing, and every record is a plain value: stores keep them, rules judge them, neither changes them.
 *
 * Death by epoch. A grant remembers the `grantEpoch` of its user and client and the `epoch` of the consent it rests
 * on. To end everything that rests on one of them, its epoch is raised: one row is written, however many grants there
 * are, and no grant that is being made at that moment can slip through, because it carries the old number.
 */

/** How a client proves itself at the token endpoint (RFC 6749 §2.3; `none` is a public client). */
export type ClientAuthenticationMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'none';

export type GrantType = 'authorization_code' | 'refresh_token';

export type AccessTokenFormat = 'jwt' | 'opaque';

/** One of several secrets of a client; only a keyed hash is kept (secrets are 256 random bits). */
export interface ClientSecret {
  readonly id: string;
  readonly hash: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** The secret itself, wrapped under the root key: for `client_secret_jwt` only, which needs its value. */
  readonly wrapped?: string;
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
  /** `null`: as the resource says, but opaque for pairwise subjects. */
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
  // What follows is absent from most clients; each part belongs to one feature.
  /** `registered`: it registered itself (RFC 7591); `document`: its id is the URL of its metadata. Absent: an operator put it in. */
  readonly origin?: 'registered' | 'document';
  readonly about?: ClientAbout;
  readonly keys?: ClientKeys;
  readonly openid?: ClientOpenId;
  readonly requests?: ClientRequests;
  /** Access tokens are bound to a key of the client, always (RFC 9449 §5.2, RFC 8705 §3.4). */
  readonly binding?: 'dpop' | 'certificate';
  readonly logout?: ClientLogout;
  readonly registration?: ClientRegistration;
  /** Stricter than the server's. */
  readonly securityProfile?: SecurityProfile;
  readonly compatibility?: ClientCompatibility;
  /** JWS algorithm of signed introspection answers to it (RFC 9701 §6). Default RS256. */
  readonly introspectionAlgorithm?: SigningAlgorithm;
}

/** JWS algorithms that this server signs with; `EdDSA` is Ed25519. */
export type SigningAlgorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA';

export type SecurityProfile = 'oauth2.1' | 'fapi2' | 'fapi2-message-signing';

/** What a client says of itself, for people (RFC 7591 §2). */
export interface ClientAbout {
  readonly logoUri?: string;
  readonly policyUri?: string;
  readonly tosUri?: string;
  readonly contacts?: readonly string[];
  readonly initiateLoginUri?: string;
  readonly softwareId?: string;
  readonly softwareVersion?: string;
}

export type PublicJwk = Readonly<Record<string, unknown>>;

/** What its signatures and certificates are checked with. `jwks` and `jwksUri` exclude each other. */
export interface ClientKeys {
  readonly jwks?: readonly PublicJwk[];
  readonly jwksUri?: string;
  /** The only algorithm its assertions may have (`token_endpoint_auth_signing_alg`). */
  readonly assertionAlgorithm?: string;
  /** The subject its certificate must have, one kind of it (RFC 8705 §2.1.2). */
  readonly certificateSubject?: {
    readonly kind: 'subject_dn' | 'san_dns' | 'san_uri' | 'san_ip' | 'san_email';
    readonly value: string;
  };
}

/** OpenID Connect Dynamic Client Registration §2. */
export interface ClientOpenId {
  /** Default RS256. */
  readonly idTokenAlgorithm?: SigningAlgorithm;
  /** Absent: userinfo is plain JSON. */
  readonly userinfoAlgorithm?: SigningAlgorithm;
  /** Default public. */
  readonly subjectType?: 'public' | 'pairwise';
  readonly sectorIdentifierUri?: string;
  /** Seconds. */
  readonly defaultMaxAge?: number;
  /** `auth_time` is in every ID token here; this is what the client was told. */
  readonly requireAuthTime?: true;
  readonly defaultAcrValues?: readonly string[];
  /** Claims of the scopes go into the ID token too, not only to userinfo. */
  readonly claimsInIdToken?: true;
}

/** How it must, or may, ask. */
export interface ClientRequests {
  readonly requirePushed?: true;
  readonly requireSigned?: true;
  /** The only algorithm its request objects may have. */
  readonly objectAlgorithm?: string;
  /** Where its request objects may be fetched from. */
  readonly requestUris?: readonly string[];
  /** The only response modes it may use; absent: all. */
  readonly responseModes?: readonly string[];
  /** JWS algorithm of signed authorization responses (JARM §3). Default RS256. */
  readonly responseAlgorithm?: SigningAlgorithm;
  readonly authorizationDetailsTypes?: readonly string[];
}

export interface ClientLogout {
  readonly postLogoutRedirectUris?: readonly string[];
  readonly backchannelUri?: string;
  readonly backchannelSessionRequired?: true;
  readonly frontchannelUri?: string;
  readonly frontchannelSessionRequired?: true;
}

/** Of a client that registered itself. */
export interface ClientRegistration {
  /** Keyed hash of the registration access token (RFC 7592 §3). */
  readonly accessTokenHash: string;
  readonly address: string;
  /** It is removed when it has not been used until then. */
  readonly expiresAt: number | null;
}

/** What some real clients still need, each by explicit choice of the operator, and loud in the log. */
export interface ClientCompatibility {
  /** A confidential client that sends `nonce` may leave PKCE out (OAuth 2.1 §7.5.1). */
  readonly withoutPkce?: true;
  /** The token endpoint's URL is taken as audience of its assertions. */
  readonly tokenEndpointAudience?: true;
  /** Basic credentials are taken as they stand, without form-decoding. */
  readonly unencodedBasic?: true;
}

/** Standard claims of a person (OpenID Connect Core §5.1) but for `sub` and `name`; wire names, JSON values of the right type. */
export type UserProfile = Readonly<Record<string, unknown>>;

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
  readonly profile?: UserProfile;
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
  /** What else was decided on; kept as JSON. */
  readonly facts?: ConsentFacts;
}

export interface ConsentFacts {
  /** Hash of what a client that publishes its own metadata was at the time: another one is asked about again. */
  readonly clientFingerprint?: string;
  /** Rich authorization requests that were allowed (RFC 9396), as canonical JSON texts. */
  readonly authorizationDetails?: readonly string[];
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
  readonly acr?: string;
  /** What the `claims` parameter asked for (OpenID Connect Core §5.5). */
  readonly claims?: ClaimsRequest;
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  /** The refresh token is bound to this key (RFC 9449 §5): only its holder can refresh. */
  readonly key?: ConfirmationKey;
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

/** A key that a token is bound to, by its thumbprint: a DPoP key (RFC 9449 §6) or a certificate (RFC 8705 §3.1). */
export type ConfirmationKey = { readonly jkt: string } | { readonly 'x5t#S256': string };

/**
 * A pushed authorization request (RFC 9126), or one too large to travel in an address. It may be opened again until
 * the authorization is complete.
 */
export interface PushedRequest {
  /** Hash of the reference that the client holds. */
  readonly id: string;
  readonly clientId: string;
  /** JSON. */
  readonly content: string;
  readonly expiresAt: number;
  readonly completedAt: number | null;
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
