import type { ClientCompatibility, RevocationReason } from './model.ts';

/**
 * What happened, for logs, audit and metrics: a closed union. No event holds a token, code, secret, verifier or
 * password (identifiers of grants and sessions are not usable as such).
 */
export type AuthorityEvent = { readonly at: number } & (
  | RequestRefused
  | { readonly type: 'fault'; readonly reference: string; readonly endpoint: string; readonly cause: unknown }
  | {
      readonly type: 'store.unavailable';
      readonly reference: string;
      readonly endpoint: string;
      readonly cause: unknown;
    }
  | {
      readonly type: 'sign_in.succeeded';
      readonly userId: string;
      readonly sessionId: string;
      readonly address: string;
    }
  | {
      readonly type: 'sign_in.failed';
      readonly account: string;
      readonly address: string;
      readonly why: SignInFailure;
    }
  | { readonly type: 'account.created'; readonly userId: string; readonly address: string }
  | { readonly type: 'session.ended'; readonly userId: string; readonly sessionId: string }
  | { readonly type: 'sessions.ended'; readonly userId: string }
  | { readonly type: 'logout.told'; readonly clientId: string; readonly sessionId: string }
  | {
      readonly type: 'logout.not_told';
      readonly clientId: string;
      readonly sessionId: string;
      readonly why: string;
    }
  | {
      readonly type: 'consent.granted';
      readonly userId: string;
      readonly clientId: string;
      readonly scopes: readonly string[];
    }
  | { readonly type: 'consent.denied'; readonly userId: string; readonly clientId: string }
  | { readonly type: 'consent.withdrawn'; readonly userId: string; readonly clientId: string }
  | {
      readonly type: 'code.issued';
      readonly grantId: string;
      readonly userId: string;
      readonly clientId: string;
    }
  | { readonly type: 'challenge.repeated'; readonly clientId: string }
  | {
      readonly type: 'grant.opened';
      readonly grantId: string;
      readonly userId: string;
      readonly clientId: string;
    }
  | {
      readonly type: 'grant.refreshed';
      readonly grantId: string;
      readonly generation: number;
      readonly repeated: boolean;
    }
  | {
      readonly type: 'grant.revoked';
      readonly grantId: string;
      readonly userId: string;
      readonly clientId: string;
      readonly why: RevocationReason;
    }
  | { readonly type: 'access_tokens.revoked'; readonly grantId: string; readonly clientId: string }
  /** Clients manage their own registration (RFC 7591, 7592). */
  | { readonly type: 'client.registered'; readonly clientId: string; readonly address: string }
  | { readonly type: 'client.updated' | 'client.removed'; readonly clientId: string }
  /** A client rests on something that only it is allowed; told once an hour on every node. */
  | {
      readonly type: 'compatibility.used';
      readonly clientId: string;
      readonly what: keyof ClientCompatibility;
    }
  | {
      readonly type: 'key.created';
      readonly keyId: string;
      readonly algorithm: string;
      readonly activeFrom: number;
    }
);

export type SignInFailure =
  | 'unknown_account'
  | 'wrong_password'
  | 'disabled'
  | 'throttled_account'
  | 'throttled_address';

/** The private side of a refusal: the wire saw `error` and the reference only. */
export interface RequestRefused {
  readonly type: 'request.refused';
  readonly endpoint: string;
  readonly reference: string;
  /** Wire code. */
  readonly error: string;
  /** Which parameter, header or fact. */
  readonly field: string;
  readonly expected: string;
  readonly got: string;
  /** Id of the requirement it rests on, as `TK-055`. */
  readonly requirement: string;
  readonly clientId: string | null;
}
