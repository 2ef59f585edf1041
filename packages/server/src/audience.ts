import { OAuthError, writeScope } from '@valetkey/protocol';
import { isOpenIdScope } from './config/openid-scopes.ts';
import type { Config, Resource } from './config.ts';

/**
 * The resource an access token is for when none was named: the one all its scopes belong to (RFC 9068 §3). Scopes that
 * belong to no resource go with any; those of OpenID Connect alone are for userinfo. Throws `invalid_scope` where the
 * meaning would be ambiguous.
 */
export function audienceOf(config: Config, scopes: readonly string[]): readonly string[] {
  if (scopes.includes('openid') && scopes.every(isOpenIdScope)) return [userinfoResource(config)];
  const owned = scopes.filter((scope) =>
    config.resources.some((resource) => resource.scopes.includes(scope)),
  );
  const fitting = config.resources.filter((resource) =>
    owned.every((scope) => resource.scopes.includes(scope)),
  );
  const only = fitting[0];
  if (only !== undefined && (fitting.length === 1 || owned.length === 0)) return [only.identifier];
  throw new OAuthError(
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

/** The audience of access tokens that are good for userinfo only. */
export function userinfoResource(config: Config): string {
  return `${config.issuer}/userinfo`;
}

export function findResource(config: Config, identifier: string | undefined): Resource | undefined {
  return config.resources.find((resource) => resource.identifier === identifier);
}
