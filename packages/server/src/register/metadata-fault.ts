import { OAuthError, type Reason } from '@valetkey/protocol';

/** A refusal of one member of client metadata (RFC 7591 §3.2.2). `text` goes on after the member's name. */
export function invalidMetadata(member: string, text: string, reason: Omit<Reason, 'field'>): OAuthError {
  const code = member === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
  return new OAuthError(code, `${member} ${text}.`, { field: member, ...reason });
}
