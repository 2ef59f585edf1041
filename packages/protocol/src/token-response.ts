import { readScope, writeScope } from './scope.ts';

/** RFC 6749 §5.1. `expiresIn` in seconds. */
export interface TokenResponse {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly scope: readonly string[];
  readonly refreshToken?: string;
}

export interface TokenResponseBody {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  scope: string;
  refresh_token?: string;
}

export function writeTokenResponse(response: TokenResponse): TokenResponseBody {
  return {
    access_token: response.accessToken,
    token_type: response.tokenType,
    expires_in: response.expiresIn,
    ...(response.refreshToken === undefined ? {} : { refresh_token: response.refreshToken }),
    scope: writeScope(response.scope),
  };
}

export function readTokenResponse(body: TokenResponseBody): TokenResponse {
  return {
    accessToken: body.access_token,
    tokenType: body.token_type,
    expiresIn: body.expires_in,
    ...(body.refresh_token === undefined ? {} : { refreshToken: body.refresh_token }),
    scope: body.scope === '' ? [] : readScope(body.scope),
  };
}
