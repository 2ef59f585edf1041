import { OAuthError, shown } from './error.ts';

/** scope-token of RFC 6749 §3.3: printable ASCII without blank, quotation mark and backslash. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export function isScopeToken(text: string): boolean {
  return scopeToken.test(text);
}

/** Reads a list parted by single blanks; duplicates are dropped, order is kept. Throws `invalid_scope`. */
export function readScope(text: string): string[] {
  const scopes = text.split(' ');
  if (!scopes.every(isScopeToken)) {
    throw new OAuthError('invalid_scope', 'The scope is malformed.', {
      field: 'scope',
      expected: 'scope tokens parted by one blank (RFC 6749 section 3.3)',
      got: shown(text),
      requirement: 'AZ-030',
    });
  }
  return [...new Set(scopes)];
}

export function writeScope(scopes: readonly string[]): string {
  return scopes.join(' ');
}
