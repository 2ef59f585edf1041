import { type AuthorizationDetail, OAuthError, writeScope } from '@valetkey/protocol';
import { isOpenIdScope } from './config/openid-scopes.ts';
import type { Config, Resource } from './config.ts';

/**
 * The resource an access token is for when none was named: the one all its scopes and details belong to (RFC 9068 §3).
 * Those that belong to no resource go with any; scopes of OpenID Connect alone are for userinfo. Throws `invalid_scope` or
 * `invalid_target` where the meaning would be ambiguous.
 */
export function audienceOf(
  config: Config,
  scopes: readonly string[],
  details: readonly AuthorizationDetail[] = [],
): readonly string[] {
  if (details.length === 0 && scopes.includes('openid') && scopes.every(isOpenIdScope)) {
    return [userinfoResource(config)];
  }
  const all = config.resources.map(({ identifier }) => identifier);
  const ofScopes = all.filter((resource) => scopes.every((scope) => isScopeFor(config, scope, [resource])));
  const fitting = ofScopes.filter((resource) =>
    details.every(({ type }) => isDetailFor(config, type, [resource])),
  );
  const owned = scopes.some((scope) => isOwned(config, scope));
  const bound = details.some(({ type }) => config.authorizationDetails[type]?.resources !== undefined);
  const [only] = fitting;
  if (only !== undefined && (fitting.length === 1 || !(owned || bound))) return [only];
  throw bound && (ofScopes.length === 1 || !owned) ? detailsElsewhere(details) : ambiguous(scopes);
}

/** Whether a scope means something at one of the resources; one that no resource owns goes with any. */
export function isScopeFor(config: Config, scope: string, resources: readonly string[]): boolean {
  if (!isOwned(config, scope)) return true;
  return resources.some((resource) => findResource(config, resource)?.scopes.includes(scope));
}

/** Whether a rich authorization request means something at one of the resources; most types name theirs. */
export function isDetailFor(config: Config, type: string, resources: readonly string[]): boolean {
  const meant = config.authorizationDetails[type]?.resources;
  return meant === undefined || resources.some((resource) => meant.includes(resource));
}

/** The audience of access tokens that are good for userinfo only. */
function userinfoResource(config: Config): string {
  return `${config.issuer}/userinfo`;
}

export function findResource(config: Config, identifier: string | undefined): Resource | undefined {
  return config.resources.find((resource) => resource.identifier === identifier);
}

function isOwned(config: Config, scope: string): boolean {
  return config.resources.some((resource) => resource.scopes.includes(scope));
}

function ambiguous(scopes: readonly string[]): OAuthError {
  return new OAuthError(
    'invalid_scope',
    'These scopes belong to different APIs; ask for those of one API at a time.',
    {
      field: 'scope',
      expected: 'scopes that all belong to one resource',
      got: writeScope(scopes),
      requirement: 'TN-025',
    },
  );
}

function detailsElsewhere(details: readonly AuthorizationDetail[]): OAuthError {
  return new OAuthError(
    'invalid_target',
    'It is not clear which API the authorization_details are for; name the resource.',
    {
      field: 'resource',
      expected: 'named resources, or scopes and details that all belong to one',
      got: `details of ${details.map(({ type }) => type).join(' ')}, and no resource`,
      requirement: 'AZ-092',
    },
  );
}
