import type { AuthorizationDetail } from './authorization-details.ts';
import { readScope, writeScope } from './scope.ts';

/** What a token is bound to (RFC 7800): the thumbprint of a DPoP key (RFC 9449 §6) or of a certificate (RFC 8705 §3.1). */
export type Confirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

/** RFC 7662 §2.2, RFC 9396 §9.2, RFC 9470 §6.2; instants in seconds. An inactive token says nothing else. */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly scope: readonly string[];
      readonly clientId: string;
      readonly sub: string;
      readonly iss: string;
      readonly aud?: readonly string[];
      readonly exp: number;
      readonly iat: number;
      readonly jti?: string;
      readonly tokenType: 'Bearer' | 'DPoP' | 'refresh_token';
      readonly cnf?: Confirmation;
      readonly acr?: string;
      readonly authTime?: number;
      readonly authorizationDetails?: readonly AuthorizationDetail[];
    };

export type IntrospectionResponseBody =
  | { active: false }
  | {
      active: true;
      scope: string;
      client_id: string;
      sub: string;
      iss: string;
      aud?: string | string[];
      exp: number;
      iat: number;
      jti?: string;
      token_type: 'Bearer' | 'DPoP' | 'refresh_token';
      cnf?: Confirmation;
      acr?: string;
      auth_time?: number;
      authorization_details?: readonly AuthorizationDetail[];
    };

export function writeIntrospectionResponse(response: IntrospectionResponse): IntrospectionResponseBody {
  if (!response.active) return { active: false };
  return {
    active: true,
    scope: writeScope(response.scope),
    client_id: response.clientId,
    sub: response.sub,
    iss: response.iss,
    ...(response.aud === undefined ? {} : { aud: writeAudience(response.aud) }),
    exp: response.exp,
    iat: response.iat,
    ...(response.jti === undefined ? {} : { jti: response.jti }),
    token_type: response.tokenType,
    ...(response.cnf === undefined ? {} : { cnf: response.cnf }),
    ...(response.acr === undefined ? {} : { acr: response.acr }),
    ...(response.authTime === undefined ? {} : { auth_time: response.authTime }),
    ...(response.authorizationDetails === undefined
      ? {}
      : { authorization_details: response.authorizationDetails }),
  };
}

export function readIntrospectionResponse(body: IntrospectionResponseBody): IntrospectionResponse {
  if (!body.active) return { active: false };
  return {
    active: true,
    scope: body.scope === '' ? [] : readScope(body.scope),
    clientId: body.client_id,
    sub: body.sub,
    iss: body.iss,
    ...(body.aud === undefined ? {} : { aud: typeof body.aud === 'string' ? [body.aud] : body.aud }),
    exp: body.exp,
    iat: body.iat,
    ...(body.jti === undefined ? {} : { jti: body.jti }),
    tokenType: body.token_type,
    ...(body.cnf === undefined ? {} : { cnf: body.cnf }),
    ...(body.acr === undefined ? {} : { acr: body.acr }),
    ...(body.auth_time === undefined ? {} : { authTime: body.auth_time }),
    ...(body.authorization_details === undefined ? {} : { authorizationDetails: body.authorization_details }),
  };
}

/** One audience is a plain string (RFC 7519 §4.1.3). */
export function writeAudience(audience: readonly string[]): string | string[] {
  return audience.length === 1 && audience[0] !== undefined ? audience[0] : [...audience];
}
