import {
  type IntrospectionResponse,
  OAuthError,
  type Parameters,
  readClientCredentials,
  readTokenQuery,
  type TokenQuery,
} from '@valetkey/protocol';
import type { Authority } from './authority.ts';
import type { Client, Grant } from './model.ts';
import { grantFault } from './standing.ts';
import { type AccessToken, openAccessToken } from './token/access-token.ts';
import { type AuthenticatedClient, authenticate } from './token/authenticate.ts';
import { openRefreshToken, type RefreshToken } from './token/refresh-token.ts';

const inactive: IntrospectionResponse = { active: false };

/** Introspection (RFC 7662). No write. Whatever is wrong with the token is answered `inactive`, without a reason. */
export async function introspect(
  authority: Authority,
  authorization: string | undefined,
  body: Parameters,
): Promise<IntrospectionResponse> {
  const query = readTokenQuery(body);
  const caller = await authenticate(authority, readClientCredentials(authorization, body));
  requireConfidential(caller);
  return (
    (await introspectAccess(authority, caller, query)) ??
    (await introspectRefresh(authority, caller, query)) ??
    inactive
  );
}

/** A bare client_id proves nothing: anyone could try tokens (RFC 7662 §2.1, §4). */
function requireConfidential(caller: AuthenticatedClient): void {
  if (caller.authenticationMethod !== 'none') return;
  throw new OAuthError('invalid_client', 'Introspection needs client authentication.', {
    field: 'client_id',
    expected: 'a confidential client',
    got: `public client ${caller.id}`,
    requirement: 'IR-002',
  });
}

async function introspectAccess(
  authority: Authority,
  caller: AuthenticatedClient,
  query: TokenQuery,
): Promise<IntrospectionResponse | undefined> {
  const token = await openAccessToken(authority, query.token);
  if (token === undefined) return undefined;
  const meantFor = token.audience.some((resource) => caller.serves.includes(resource));
  const now = authority.clock();
  if ((!meantFor && token.clientId !== caller.id) || token.exp * 1000 <= now) return inactive;
  const found = await findLiving(authority, token.grantId);
  if (found === undefined || found.grant.accessEpoch !== token.accessEpoch) return inactive;
  return describeAccess(authority, token, found.client);
}

function describeAccess(authority: Authority, token: AccessToken, client: Client): IntrospectionResponse {
  return {
    active: true,
    // A scope taken from the client since is gone at once.
    scope: token.scopes.filter((scope) => client.scopes.includes(scope)),
    clientId: token.clientId,
    sub: token.sub,
    iss: authority.config.issuer,
    aud: token.audience,
    exp: token.exp,
    iat: token.iat,
    jti: token.jti,
    tokenType: 'Bearer',
  };
}

/** For the client it belongs to only: to a resource server a refresh token is nothing (system choice). */
async function introspectRefresh(
  authority: Authority,
  caller: AuthenticatedClient,
  query: TokenQuery,
): Promise<IntrospectionResponse | undefined> {
  const token = await openRefreshToken(authority, query.token);
  if (token === undefined || token.clientId !== caller.id) return undefined;
  const found = await findLiving(authority, token.grantId);
  if (found === undefined || !isCurrent(found, token) || found.grant.expiresAt <= authority.clock())
    return inactive;
  return {
    active: true,
    scope: token.scopes.filter((scope) => found.client.scopes.includes(scope)),
    clientId: token.clientId,
    sub: token.userId,
    iss: authority.config.issuer,
    exp: Math.floor(found.grant.expiresAt / 1000),
    iat: Math.floor(found.grant.advancedAt / 1000),
    tokenType: 'refresh_token',
  };
}

function isCurrent({ grant, client }: { grant: Grant; client: Client }, token: RefreshToken): boolean {
  return grant.generation === token.generation && client.grantTypes.includes('refresh_token');
}

/** The grant with its client, if both and everything they rest on still stand. */
async function findLiving(
  authority: Authority,
  grantId: string,
): Promise<{ grant: Grant; client: Client } | undefined> {
  const grant = await authority.store.grants.find(grantId);
  if (grant === null) return undefined;
  const [client, standing] = await Promise.all([
    authority.store.clients.find(grant.clientId),
    authority.store.standing(grant),
  ]);
  const fault = grantFault(grant, { ...standing, client }, authority.clock());
  return client === null || fault !== undefined ? undefined : { grant, client };
}
