import { type AuthorizationDetail, readAuthorizationDetails } from './authorization-details.ts';
import { readResources } from './authorization-request.ts';
import { OAuthError, shown } from './error.ts';
import type { Pair, Parameters } from './parameters.ts';
import { readScope, writeScope } from './scope.ts';

/** RFC 6749 §4.1.3 and §6, without the client's credentials (see client-credentials.ts). */
export type TokenRequest = AuthorizationCodeRequest | RefreshTokenRequest;

/** What of the grant the access token is for (RFC 8707 §2.2, RFC 9396 §6); absent: what the server thinks fit. */
export interface TokenTarget {
  readonly resources?: readonly string[];
  readonly authorizationDetails?: readonly AuthorizationDetail[];
}

export interface AuthorizationCodeRequest extends TokenTarget {
  readonly grantType: 'authorization_code';
  readonly code: string;
  readonly redirectUri?: string;
  readonly codeVerifier?: string;
}

export interface RefreshTokenRequest extends TokenTarget {
  readonly grantType: 'refresh_token';
  readonly refreshToken: string;
  readonly scope?: readonly string[];
}

/**
 * Throws `invalid_request`, `unsupported_grant_type`, `invalid_scope`, `invalid_target` or
 * `invalid_authorization_details`.
 */
export function readTokenRequest(body: Parameters): TokenRequest {
  // RFC 8707 §2.2, RFC 8693 §2.1
  body.requireWellFormed(['resource', 'audience']);
  const grantType = required(body, 'grant_type', 'TK-004');
  switch (grantType) {
    case 'authorization_code':
      return readCodeRequest(body);
    case 'refresh_token':
      return readRefreshRequest(body);
    default:
      throw new OAuthError('unsupported_grant_type', 'This grant_type is not offered.', {
        field: 'grant_type',
        expected: 'authorization_code or refresh_token',
        got: shown(grantType),
        requirement: 'TK-005',
      });
  }
}

export function writeTokenRequest(request: TokenRequest): Pair[] {
  const pairs: (readonly [string, string | undefined])[] =
    request.grantType === 'authorization_code'
      ? [
          ['grant_type', request.grantType],
          ['code', request.code],
          ['redirect_uri', request.redirectUri],
          ['code_verifier', request.codeVerifier],
          ...writeTarget(request),
        ]
      : [
          ['grant_type', request.grantType],
          ['refresh_token', request.refreshToken],
          ['scope', request.scope === undefined ? undefined : writeScope(request.scope)],
          ...writeTarget(request),
        ];
  return pairs.filter((pair): pair is Pair => pair[1] !== undefined);
}

function readCodeRequest(body: Parameters): AuthorizationCodeRequest {
  const redirectUri = body.one('redirect_uri');
  const codeVerifier = body.one('code_verifier');
  return {
    grantType: 'authorization_code',
    code: required(body, 'code', 'TK-050'),
    ...(redirectUri === undefined ? {} : { redirectUri }),
    ...(codeVerifier === undefined ? {} : { codeVerifier }),
    ...readTarget(body),
  };
}

function readRefreshRequest(body: Parameters): RefreshTokenRequest {
  const scope = body.one('scope');
  return {
    grantType: 'refresh_token',
    refreshToken: required(body, 'refresh_token', 'TK-004'),
    ...(scope === undefined ? {} : { scope: readScope(scope) }),
    ...readTarget(body),
  };
}

function readTarget(body: Parameters): TokenTarget {
  const resources = readResources(body);
  const details = body.one('authorization_details');
  return {
    ...(resources === undefined ? {} : { resources }),
    ...(details === undefined ? {} : { authorizationDetails: readAuthorizationDetails(details) }),
  };
}

function writeTarget({ resources = [], authorizationDetails }: TokenTarget): [string, string | undefined][] {
  const details = authorizationDetails === undefined ? undefined : JSON.stringify(authorizationDetails);
  return [
    ...resources.map((resource): [string, string] => ['resource', resource]),
    ['authorization_details', details],
  ];
}

function required(body: Parameters, name: string, requirement: string): string {
  const value = body.one(name);
  if (value !== undefined) return value;
  throw new OAuthError('invalid_request', `The ${name} is missing.`, {
    field: name,
    expected: `a ${name}`,
    got: 'absent',
    requirement,
  });
}
