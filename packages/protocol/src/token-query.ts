import { OAuthError } from './error.ts';
import type { Pair, Parameters } from './parameters.ts';

/** What introspection (RFC 7662 §2.1) and revocation (RFC 7009 §2.1) ask about: a token, and perhaps of which kind. */
export interface TokenQuery {
  readonly token: string;
  /** A hint only: a wrong one widens the search, an unknown one is ignored. */
  readonly hint?: string;
}

/** Throws `invalid_request`. */
export function readTokenQuery(body: Parameters): TokenQuery {
  body.requireWellFormed();
  const token = body.one('token');
  const hint = body.one('token_type_hint');
  if (token !== undefined) return { token, ...(hint === undefined ? {} : { hint }) };
  throw new OAuthError('invalid_request', 'The token is missing.', {
    field: 'token',
    expected: 'a token',
    got: 'absent',
    requirement: 'IR-001',
  });
}

export function writeTokenQuery(query: TokenQuery): Pair[] {
  const pairs: Pair[] = [['token', query.token]];
  if (query.hint !== undefined) pairs.push(['token_type_hint', query.hint]);
  return pairs;
}
