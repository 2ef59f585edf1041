import { OAuthError } from '@valetkey/protocol';

/** `invalid_grant` never tells the client which of its bound values was wrong (RFC 6749 §5.2). */
export function invalidGrant(kind: 'code' | 'refresh token', reason: OAuthError['reason']): OAuthError {
  return new OAuthError(
    'invalid_grant',
    `The ${kind} is unknown, expired, used, or not for this request.`,
    reason,
  );
}
