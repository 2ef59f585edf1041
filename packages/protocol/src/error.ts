/** Wire codes of RFC 6749 §4.1.2.1 and §5.2, OpenID Connect Core §3.1.2.6 and RFC 6750 §3.1 that this flow can answer. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported'
  | 'unsupported_token_type'
  | 'invalid_token'
  | 'insufficient_scope';

/** The private side of a refusal: for the operator's log, never for the wire. `got` holds no secret, code or token. */
export interface Reason {
  /** Parameter, header or fact that was wrong. */
  readonly field: string;
  readonly expected: string;
  readonly got: string;
  /** The requirement it rests on, as `TK-055`. */
  readonly requirement: string;
}

/**
 * What the protocol refuses. `code` and `description` are for the wire; `reason` is for the operator.
 * Anything else that is thrown is a fault of ours.
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly description: string;
  readonly reason: Reason;

  constructor(code: OAuthErrorCode, description: string, reason: Reason) {
    super(`${code}: ${description}`);
    this.code = code;
    this.description = description;
    this.reason = reason;
  }
}

/** Keeps a text inside %x20-21 / %x23-5B / %x5D-7E (RFC 6749 §4.1.2.1, §5.2). */
export function safeErrorText(text: string): string {
  return text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
}

/** Describes a value for a reason: its length and its beginning, never more than 200 characters of it. */
export function shown(value: string | undefined): string {
  if (value === undefined) return 'absent';
  return value.length > 200 ? `${value.slice(0, 200)}... (${value.length} characters)` : value;
}

/** Describes a secret value for a reason: that it was there and how long it was. */
export function concealed(value: string | undefined): string {
  return value === undefined ? 'absent' : `present, ${value.length} characters`;
}
