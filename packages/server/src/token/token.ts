import {
  OAuthError,
  type Parameters,
  readTokenRequest,
  type TokenRequest,
  type TokenResponse,
} from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Caller } from '../caller.ts';
import type { ConfirmationKey, Grant, User } from '../model.ts';
import { provenKey } from '../proof/proven-key.ts';
import { keepRegistration } from '../register/keep-registration.ts';
import { issueAccessToken } from './access-token.ts';
import { type AuthenticatedClient, authenticate } from './authenticate.ts';
import { issueIdToken } from './id-token.ts';
import { redeemCode } from './redeem-code.ts';
import { refresh } from './refresh.ts';
import { sealRefreshToken } from './refresh-token.ts';
import type { Target } from './target.ts';

/** A token request (RFC 6749 §3.2): read, authenticate, answer. Throws `OAuthError`. */
export async function token(authority: Authority, caller: Caller, body: Parameters): Promise<TokenResponse> {
  const request = readTokenRequest(body);
  const client = await authenticate(authority, caller, body);
  requireGrantType(client, request.grantType);
  const key = await provenKey(authority, caller, client);
  switch (request.grantType) {
    case 'authorization_code':
      return exchange(authority, client, { request, key });
    case 'refresh_token':
      return renew(authority, client, { request, key });
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

interface Asked<T extends TokenRequest['grantType']> {
  readonly request: Extract<TokenRequest, { grantType: T }>;
  readonly key: ConfirmationKey | undefined;
}

async function exchange(
  authority: Authority,
  client: AuthenticatedClient,
  asked: Asked<'authorization_code'>,
): Promise<TokenResponse> {
  const { grant, target, user, nonce } = await redeemCode(authority, client, asked);
  await keepRegistration(authority, client);
  const issued = await issue(authority, grant, { client, user, target, key: asked.key, nonce });
  const refreshable = client.grantTypes.includes('refresh_token');
  return refreshable
    ? { ...issued, refreshToken: await sealRefreshToken(authority, grant, grant.key) }
    : issued;
}

async function renew(
  authority: Authority,
  client: AuthenticatedClient,
  asked: Asked<'refresh_token'>,
): Promise<TokenResponse> {
  const { grant, target, user, refreshToken, bound } = await refresh(authority, client, asked);
  const issued = await issue(authority, grant, { client, user, target, key: asked.key });
  const same = refreshToken === 'same';
  return {
    ...issued,
    refreshToken: same ? asked.request.refreshToken : await sealRefreshToken(authority, grant, bound),
  };
}

interface Issue {
  readonly client: AuthenticatedClient;
  readonly user: User;
  readonly target: Target;
  readonly key: ConfirmationKey | undefined;
  readonly nonce?: string | undefined;
}

/** The access token and, if the person is to be known, the ID token. */
async function issue(authority: Authority, grant: Grant, to: Issue): Promise<TokenResponse> {
  const { client, target, key } = to;
  const access = await issueAccessToken(authority, grant, { client, target, key });
  const { scopes: scope, authorizationDetails } = target;
  const facts = { client, user: to.user, accessToken: access.value, scopes: scope, nonce: to.nonce };
  const idToken = scope.includes('openid') ? await issueIdToken(authority, grant, facts) : undefined;
  return {
    accessToken: access.value,
    tokenType: key !== undefined && 'jkt' in key ? 'DPoP' : 'Bearer',
    expiresIn: access.expiresIn,
    scope,
    ...(idToken === undefined ? {} : { idToken }),
    ...(authorizationDetails === undefined ? {} : { authorizationDetails }),
  };
}
