import type { AuthorizationDetail } from './authorization-details.ts';
import { readScope, writeScope } from './scope.ts';

/** RFC 6749 §5.1, RFC 9449 §5, RFC 9396 §7, OpenID Connect Core §3.1.3.3. `expiresIn` in seconds. */
export interface TokenResponse {
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly expiresIn: number;
  readonly scope: readonly string[];
  readonly refreshToken?: string;
  readonly idToken?: string;
  readonly authorizationDetails?: readonly AuthorizationDetail[];
}

export interface TokenResponseBody {
  access_token: string;
  token_type: 'Bearer' | 'DPoP';
  expires_in: number;
  scope: string;
  refresh_token?: string;
  id_token?: string;
  authorization_details?: readonly AuthorizationDetail[];
}

export function writeTokenResponse(response: TokenResponse): TokenResponseBody {
  return {
    access_token: response.accessToken,
    token_type: response.tokenType,
    expires_in: response.expiresIn,
    ...(response.refreshToken === undefined ? {} : { refresh_token: response.refreshToken }),
    ...(response.idToken === undefined ? {} : { id_token: response.idToken }),
    ...(response.authorizationDetails === undefined
      ? {}
      : { authorization_details: response.authorizationDetails }),
    scope: writeScope(response.scope),
  };
}

export function readTokenResponse(body: TokenResponseBody): TokenResponse {
  return {
    accessToken: body.access_token,
    tokenType: body.token_type,
    expiresIn: body.expires_in,
    ...(body.refresh_token === undefined ? {} : { refreshToken: body.refresh_token }),
    ...(body.id_token === undefined ? {} : { idToken: body.id_token }),
    ...(body.authorization_details === undefined ? {} : { authorizationDetails: body.authorization_details }),
    scope: body.scope === '' ? [] : readScope(body.scope),
  };
}
