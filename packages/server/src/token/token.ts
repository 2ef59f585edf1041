import {
  OAuthError,
  type Parameters,
  readClientCredentials,
  readTokenRequest,
  type TokenRequest,
  type TokenResponse,
} from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { issueAccessToken } from './access-token.ts';
import { type AuthenticatedClient, authenticate } from './authenticate.ts';
import { redeemCode } from './redeem-code.ts';
import { refresh } from './refresh.ts';
import { sealRefreshToken } from './refresh-token.ts';

/** A token request (RFC 6749 §3.2): read, authenticate, answer. `authorization` is the header's value. Throws `OAuthError`. */
export async function token(
  authority: Authority,
  authorization: string | undefined,
  body: Parameters,
): Promise<TokenResponse> {
  const request = readTokenRequest(body);
  const client = await authenticate(authority, readClientCredentials(authorization, body));
  requireGrantType(client, request.grantType);
  switch (request.grantType) {
    case 'authorization_code':
      return exchange(authority, client, request);
    case 'refresh_token':
      return renew(authority, client, request);
  }
}

function requireGrantType(client: AuthenticatedClient, grantType: TokenRequest['grantType']): void {
  if (client.grantTypes.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', 'This client may not use this grant_type.', {
    field: 'grant_type',
    expected: `one of ${client.grantTypes.join(' ') || 'none registered'}`,
    got: grantType,
    requirement: 'TK-004',
  });
}

type Request<T extends TokenRequest['grantType']> = Extract<TokenRequest, { grantType: T }>;

async function exchange(
  authority: Authority,
  client: AuthenticatedClient,
  request: Request<'authorization_code'>,
): Promise<TokenResponse> {
  const grant = await redeemCode(authority, client, request);
  // What was taken from the client since the person allowed it is left out, as at every refresh.
  const scopes = grant.scopes.filter((scope) => client.scopes.includes(scope));
  const access = await issueAccessToken(authority, grant, { client, scopes });
  const refreshable = client.grantTypes.includes('refresh_token');
  return {
    ...bearer(access, scopes),
    ...(refreshable ? { refreshToken: await sealRefreshToken(authority, grant) } : {}),
  };
}

async function renew(
  authority: Authority,
  client: AuthenticatedClient,
  request: Request<'refresh_token'>,
): Promise<TokenResponse> {
  const { grant, scopes, refreshToken } = await refresh(authority, client, request);
  const access = await issueAccessToken(authority, grant, { client, scopes });
  const next = refreshToken === 'same' ? request.refreshToken : await sealRefreshToken(authority, grant);
  return { ...bearer(access, scopes), refreshToken: next };
}

function bearer(access: { value: string; expiresIn: number }, scope: readonly string[]): TokenResponse {
  return { accessToken: access.value, tokenType: 'Bearer', expiresIn: access.expiresIn, scope };
}
