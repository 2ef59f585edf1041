import { type AuthorizationDetail, writeAudience, writeScope } from '@valetkey/protocol';
import { findResource } from '../audience.ts';
import { type Authority, openSealed, sealNow } from '../authority.ts';
import type { Config, Resource } from '../config.ts';
import { purposes } from '../keys/purposes.ts';
import { longestJwt, signJwt, verifyOwnJwt } from '../keys/sign-jwt.ts';
import type { AccessTokenFormat, Client, ConfirmationKey, Grant } from '../model.ts';
import { accessTokenAlgorithm } from '../openid/algorithms.ts';
import type { Target } from './target.ts';

/** What an access token says, in either format. Instants in seconds. */
export interface AccessToken {
  readonly grantId: string;
  readonly accessEpoch: number;
  readonly jti: string;
  readonly clientId: string;
  readonly sub: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly iat: number;
  readonly exp: number;
  /** The key it is bound to. */
  readonly key?: ConfirmationKey;
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  /** How and when the person signed in, for resources that step up (RFC 9470 §6.1). */
  readonly acr?: string;
  readonly authTime?: number;
}

/** RFC 9068 §2.1. */
const typ = 'at+jwt';

/** A new access token of a grant (RFC 9068 §2, or sealed). `expiresIn` in seconds. */
export async function issueAccessToken(
  authority: Authority,
  grant: Grant,
  to: { client: Client; target: Target; key: ConfirmationKey | undefined },
): Promise<{ value: string; expiresIn: number }> {
  const { config } = authority;
  const { client, target, key } = to;
  const now = authority.clock();
  const iat = Math.floor(now / 1000);
  const resource = findResource(config, target.resources[0]);
  const life = lifeOf(config, target);
  const { authorizationDetails } = target;
  const token: AccessToken = {
    grantId: grant.id,
    accessEpoch: grant.accessEpoch,
    jti: `${grant.id}.${grant.accessEpoch}.${Buffer.from(authority.random(16)).toString('base64url')}`,
    clientId: grant.clientId,
    sub: grant.userId,
    scopes: target.scopes,
    audience: target.resources,
    iat,
    exp: Math.min(iat + life, Math.floor(grant.endsAt / 1000)),
    ...(key === undefined ? {} : { key }),
    ...(authorizationDetails === undefined ? {} : { authorizationDetails }),
    ...(resource?.stepUp === true || grant.acr !== undefined ? signInOf(grant) : {}),
  };
  const format = formatOf(client, resource);
  const algorithm = accessTokenAlgorithm(config, client, resource);
  const value =
    format === 'opaque'
      ? await sealNow(authority, 'accessToken', token)
      : await signJwt(authority, { algorithm, typ, claims: toClaims(authority, token), now });
  return { value, expiresIn: token.exp - iat };
}

/**
 * An API knows people by one name whichever app they come with; a client with names of its own for them must not read it
 * (OpenID Connect Core §8), so its tokens are sealed unless the operator says otherwise.
 */
function formatOf(client: Client, resource: Resource | undefined): AccessTokenFormat {
  const usual = client.openid?.subjectType === 'pairwise' ? 'opaque' : resource?.accessTokenFormat;
  return client.accessTokenFormat ?? usual ?? 'jwt';
}

/** Seconds: as long as the strictest of its resources allows. */
function lifeOf({ resources, lifetimes }: Config, target: Target): number {
  const lives = resources
    .filter(({ identifier }) => target.resources.includes(identifier))
    .map(({ accessTokenLifetime = lifetimes.accessToken }) => accessTokenLifetime);
  return lives.length === 0 ? lifetimes.accessToken : Math.min(...lives);
}

function signInOf({ acr, authenticatedAt }: Grant): Pick<AccessToken, 'acr' | 'authTime'> {
  return { ...(acr === undefined ? {} : { acr }), authTime: Math.floor(authenticatedAt / 1000) };
}

/** The content of an access token of this authority, in either format, or `undefined`. Liveness is not judged. */
export async function openAccessToken(authority: Authority, value: string): Promise<AccessToken | undefined> {
  if (value.length > longestJwt) return undefined;
  if (value.startsWith(purposes.accessToken)) {
    return (await openSealed(authority, 'accessToken', value)) as AccessToken | undefined;
  }
  const claims = await verifyOwnJwt(authority, value, { typ });
  return claims === undefined ? undefined : fromClaims(claims);
}

/** RFC 9068 §2.2. */
function toClaims({ config }: Authority, token: AccessToken) {
  return {
    iss: config.issuer,
    sub: token.sub,
    aud: writeAudience(token.audience),
    client_id: token.clientId,
    scope: writeScope(token.scopes),
    iat: token.iat,
    exp: token.exp,
    jti: token.jti,
    ...(token.key === undefined ? {} : { cnf: token.key }),
    ...(token.acr === undefined ? {} : { acr: token.acr }),
    ...(token.authTime === undefined ? {} : { auth_time: token.authTime }),
    ...(token.authorizationDetails === undefined
      ? {}
      : { authorization_details: token.authorizationDetails }),
  };
}

function fromClaims(claims: Record<string, unknown>): AccessToken {
  const jti = String(claims.jti);
  const [grantId = '', accessEpoch = ''] = jti.split('.');
  const scope = String(claims.scope);
  return {
    grantId,
    accessEpoch: Number(accessEpoch),
    jti,
    clientId: String(claims.client_id),
    sub: String(claims.sub),
    scopes: scope === '' ? [] : scope.split(' '),
    audience: [claims.aud].flat().map(String),
    iat: Number(claims.iat),
    exp: Number(claims.exp),
    ...(claims.cnf === undefined ? {} : { key: claims.cnf as ConfirmationKey }),
    ...(claims.authorization_details === undefined
      ? {}
      : { authorizationDetails: claims.authorization_details as AuthorizationDetail[] }),
  };
}
