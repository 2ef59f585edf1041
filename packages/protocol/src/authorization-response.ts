import { OAuthError, type OAuthErrorCode, safeErrorText } from './error.ts';
import { type Pair, Parameters, writePairs } from './parameters.ts';

/** RFC 6749 §4.1.2 and §4.1.2.1, with the issuer of RFC 9207 in both. */
export type AuthorizationResponse =
  | { readonly code: string; readonly state?: string; readonly iss: string }
  | {
      readonly error: OAuthErrorCode;
      readonly description: string;
      readonly state?: string;
      readonly iss: string;
    };

export function writeAuthorizationResponse(response: AuthorizationResponse): Pair[] {
  const pairs: Pair[] =
    'code' in response
      ? [['code', response.code]]
      : [
          ['error', response.error],
          ['error_description', safeErrorText(response.description)],
        ];
  if (response.state !== undefined) pairs.push(['state', response.state]);
  pairs.push(['iss', response.iss]);
  return pairs;
}

/** The target with the parameters in its query, where one that is there already is kept (RFC 6749 §3.1.2), or in its fragment. */
export function authorizationResponseUrl(
  redirectUri: string,
  parameters: readonly Pair[],
  place: 'query' | 'fragment' = 'query',
): string {
  const separator = place === 'fragment' ? '#' : separatorAfter(redirectUri);
  return redirectUri + separator + writePairs(parameters);
}

function separatorAfter(uri: string): string {
  if (!uri.includes('?')) return '?';
  return /[?&]$/.test(uri) ? '' : '&';
}

/** Throws `invalid_request` for what is no authorization response. The caller compares `state` and `iss`. */
export function readAuthorizationResponse(query: string): AuthorizationResponse {
  const parameters = Parameters.read(query);
  parameters.requireWellFormed();
  const code = parameters.one('code');
  const error = parameters.one('error');
  const iss = parameters.one('iss');
  const state = parameters.one('state');
  if (iss === undefined || (code === undefined) === (error === undefined)) throw notAResponse();
  const common = { ...(state === undefined ? {} : { state }), iss };
  if (code !== undefined) return { code, ...common };
  return {
    error: error as OAuthErrorCode,
    description: parameters.one('error_description') ?? '',
    ...common,
  };
}

function notAResponse(): OAuthError {
  return new OAuthError('invalid_request', 'This is not an authorization response.', {
    field: 'code',
    expected: 'iss and either code or error',
    got: 'another combination',
    requirement: 'CL-024',
  });
}
