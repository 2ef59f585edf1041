import {
  type AuthorizationDetail,
  type IntrospectionResponse,
  OAuthError,
  type Parameters,
  readTokenQuery,
  type TokenQuery,
  writeIntrospectionResponse,
} from '@valetkey/protocol';
import { isDetailFor } from './audience.ts';
import type { Authority } from './authority.ts';
import type { Caller } from './caller.ts';
import { profileRules } from './config/profile-rules.ts';
import { signJwt } from './keys/sign-jwt.ts';
import { findLiving, type Living } from './living.ts';
import type { Client } from './model.ts';
import { introspectionAlgorithm } from './openid/algorithms.ts';
import { subjectFor } from './openid/subject.ts';
import { permittedDetails } from './rich/detail-types.ts';
import { type AccessToken, openAccessToken } from './token/access-token.ts';
import { type AuthenticatedClient, authenticate } from './token/authenticate.ts';
import { openRefreshToken, type RefreshToken } from './token/refresh-token.ts';

const inactive: IntrospectionResponse = { active: false };

/** What is known of a token, and who asked. */
export interface Introspection {
  readonly response: IntrospectionResponse;
  readonly caller: Client;
}

/** Introspection (RFC 7662). No write. Whatever is wrong with the token is answered `inactive`, without a reason. */
export async function introspect(
  authority: Authority,
  caller: Caller,
  body: Parameters,
): Promise<Introspection> {
  const query = readTokenQuery(body);
  const client = await authenticate(authority, caller, body);
  requireConfidential(client);
  const response =
    (await introspectAccess(authority, client, query)) ??
    (await introspectRefresh(authority, client, query)) ??
    inactive;
  return { response, caller: client };
}

/** The same answer as a signed JWT (RFC 9701 §5), with nothing in it that another kind of token has. */
export function signIntrospection(
  authority: Authority,
  { response, caller }: Introspection,
): Promise<string> {
  const now = authority.clock();
  const claims = {
    iss: authority.config.issuer,
    aud: caller.id,
    iat: Math.floor(now / 1000),
    token_introspection: writeIntrospectionResponse(response),
  };
  const algorithm = introspectionAlgorithm(authority.config, caller);
  return signJwt(authority, { algorithm, typ: 'token-introspection+jwt', claims, now });
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
  if ((!meantFor && !isOwn(authority, caller, token)) || token.exp * 1000 <= now) return inactive;
  const found = await findLiving(authority, token.grantId);
  if (found === undefined || found.grant.accessEpoch !== token.accessEpoch) return inactive;
  return describeAccess(authority, token, { living: found, caller });
}

/** A client may look at its own tokens; under FAPI 2.0 Message Signing (§5.5) only resource servers may look at any. */
function isOwn(
  { config }: Authority,
  caller: AuthenticatedClient,
  { clientId }: { clientId: string },
): boolean {
  return clientId === caller.id && !profileRules(config, caller).signed;
}

function describeAccess(
  authority: Authority,
  token: AccessToken,
  { living: { grant, client }, caller }: { living: Living; caller: Client },
): IntrospectionResponse {
  const { key } = token;
  const authorizationDetails = detailsFor(authority, token, { client, caller });
  return {
    active: true,
    // A scope taken from the client since is gone at once.
    scope: token.scopes.filter((scope) => client.scopes.includes(scope)),
    clientId: token.clientId,
    // The client itself knows the person by its own name for her only.
    sub: caller.id === client.id ? subjectFor(authority, client, token.sub) : token.sub,
    iss: authority.config.issuer,
    aud: token.audience,
    exp: token.exp,
    iat: token.iat,
    jti: token.jti,
    tokenType: key !== undefined && 'jkt' in key ? 'DPoP' : 'Bearer',
    ...(key === undefined ? {} : { cnf: key }),
    ...(grant.acr === undefined ? {} : { acr: grant.acr }),
    authTime: Math.floor(grant.authenticatedAt / 1000),
    ...(authorizationDetails === undefined ? {} : { authorizationDetails }),
  };
}

/** What means something to whoever asks (RFC 9396 §9.2), and may still be granted to the client. */
function detailsFor(
  { config }: Authority,
  { authorizationDetails: details }: AccessToken,
  { client, caller }: { client: Client; caller: Client },
): readonly AuthorizationDetail[] | undefined {
  if (details === undefined) return undefined;
  const permitted = permittedDetails(config, client, details);
  return caller.id === client.id
    ? permitted
    : permitted.filter(({ type }) => isDetailFor(config, type, caller.serves));
}

/** For the client it belongs to only: to a resource server a refresh token is nothing (system choice). */
async function introspectRefresh(
  authority: Authority,
  caller: AuthenticatedClient,
  query: TokenQuery,
): Promise<IntrospectionResponse | undefined> {
  const token = await openRefreshToken(authority, query.token);
  if (token === undefined || !isOwn(authority, caller, token)) return undefined;
  const found = await findLiving(authority, token.grantId);
  if (found === undefined || !isCurrent(found, token) || found.grant.expiresAt <= authority.clock())
    return inactive;
  return {
    active: true,
    scope: token.scopes.filter((scope) => found.client.scopes.includes(scope)),
    clientId: token.clientId,
    sub: subjectFor(authority, found.client, token.userId),
    iss: authority.config.issuer,
    exp: Math.floor(found.grant.expiresAt / 1000),
    iat: Math.floor(found.grant.advancedAt / 1000),
    tokenType: 'refresh_token',
  };
}

function isCurrent({ grant, client }: Living, token: RefreshToken): boolean {
  return grant.generation === token.generation && client.grantTypes.includes('refresh_token');
}
