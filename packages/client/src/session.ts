/** What the token endpoint gave. Times are milliseconds since the epoch; an absent one is unknown. */
export interface Tokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt?: number;
  readonly refreshToken?: string;
  /** Scope tokens granted, separated by blanks. */
  readonly scope: string;
}

/** A session as it is stored: the tokens stay on this side, the browser has a cookie that leads here. */
export interface StoredSession {
  readonly issuer: string;
  readonly clientId: string;
  readonly signedInAt: number;
  readonly expiresAt: number;
  /** How often the tokens were renewed: the version that `renew` compares. */
  readonly renewals: number;
  readonly tokens: Tokens;
}

/** Where sessions live. The key is the hash of the cookie's value. */
export interface SessionStore {
  open(key: string, session: StoredSession): Promise<void>;
  find(key: string): Promise<StoredSession | undefined>;
  /**
   * Replaces the tokens if the session exists and was renewed `renewals` times so far, and counts one more, in one
   * step. `overtaken`: somebody else renewed it. `ended`: it is gone and must not come back.
   */
  renew(key: string, renewals: number, tokens: Tokens): Promise<'renewed' | 'overtaken' | 'ended'>;
  /** Removes a session and gives what it was. */
  end(key: string): Promise<StoredSession | undefined>;
}

/** A session as the app sees it, safe to log and to show: no token is in it. Times are milliseconds since the epoch. */
export interface Session {
  readonly key: string;
  readonly signedInAt: number;
  readonly expiresAt: number;
  /** Granted scope tokens. */
  readonly scope: readonly string[];
  /** Scope tokens that were asked for and not granted (RFC 6749 §5.1). */
  readonly missingScope: readonly string[];
  /** Absent when the server did not say (RFC 6749 §5.1). */
  readonly accessTokenExpiresAt?: number;
  /** Whether there is a refresh token. */
  readonly refreshable: boolean;
  /** How often the access token was renewed. */
  readonly renewals: number;
}
