/**
 * Wire codes of RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, OpenID Connect Core §3.1.2.6 and of the extensions (RFC 7591
 * §3.2.2, 8707 §2, 9101 §6.2, 9396 §5, 9449 §5, 9470 §3).
 */
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
  | 'account_selection_required'
  | 'unmet_authentication_requirements'
  | 'invalid_request_uri'
  | 'invalid_request_object'
  | 'invalid_target'
  | 'invalid_authorization_details'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'invalid_software_statement'
  | 'unapproved_software_statement'
  | 'insufficient_user_authentication'
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
