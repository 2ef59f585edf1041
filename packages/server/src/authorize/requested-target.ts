import {
  type AuthorizationDetail,
  type AuthorizationRequest,
  OAuthError,
  shown,
  writeScope,
} from '@valetkey/protocol';
import { audienceOf, isDetailFor, isScopeFor } from '../audience.ts';
import type { Authority } from '../authority.ts';
import type { Config } from '../config.ts';
import type { Client } from '../model.ts';
import { isOpenType } from '../rich/detail-types.ts';
import { checkDetails } from './requested-details.ts';

/** What is asked for, as far as it can be granted to this client at all. */
export interface RequestedTarget {
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly authorizationDetails?: readonly AuthorizationDetail[];
}

export async function readRequestedTarget(
  authority: Authority,
  client: Client,
  request: AuthorizationRequest,
): Promise<RequestedTarget> {
  const { config } = authority;
  const named = config.features.resourceIndicators ? request.resources : undefined;
  if (named !== undefined) requireKnownResources(config, client, named);
  const details = checkDetails(authority, client, request.authorizationDetails);
  if (named !== undefined) requireDetailsWithin(config, named, details);
  const scopes = grantableScopes(config, client, { requested: request.scope, named, details });
  return {
    scopes,
    resources: named ?? audienceOf(config, scopes, details),
    ...(details === undefined ? {} : { authorizationDetails: details }),
  };
}

/** RFC 8707 §2.1: one that is not known, or of which this client may have nothing. */
function requireKnownResources(config: Config, client: Client, named: readonly string[]): void {
  for (const identifier of named) {
    if (isOpenResource(config, client, identifier)) continue;
    throw new OAuthError('invalid_target', 'The resource is unknown, or not open to this client.', {
      field: 'resource',
      expected: 'a resource of which the client may have a scope or a detail',
      got: shown(identifier),
      requirement: 'AZ-091',
    });
  }
}

function isOpenResource(config: Config, client: Client, identifier: string): boolean {
  const resource = config.resources.find((known) => known.identifier === identifier);
  const types = Object.entries(config.authorizationDetails).filter(([, { resources }]) =>
    resources?.includes(identifier),
  );
  return (
    resource !== undefined &&
    (resource.scopes.some((scope) => client.scopes.includes(scope)) ||
      types.some(([type]) => isOpenType(client, type)))
  );
}

/** A scope may be left out of what is granted; a detail is a matter of its own, and is not. */
function requireDetailsWithin(
  config: Config,
  named: readonly string[],
  details: readonly AuthorizationDetail[] = [],
): void {
  const outside = details.find(({ type }) => !isDetailFor(config, type, named));
  if (outside === undefined) return;
  throw new OAuthError(
    'invalid_target',
    'The authorization_details are for another resource than the one named.',
    {
      field: 'resource',
      expected: `one that ${outside.type} is for`,
      got: shown(named.join(' ')),
      requirement: 'AZ-091',
    },
  );
}

interface Asked {
  readonly requested: readonly string[] | undefined;
  readonly named: readonly string[] | undefined;
  readonly details: readonly AuthorizationDetail[] | undefined;
}

/**
 * Scopes that are unknown, not permitted to the client, or of another resource than those named are left out; with
 * nothing left the request is refused.
 */
function grantableScopes(config: Config, client: Client, asked: Asked): readonly string[] {
  const { requested, named, details } = asked;
  const wanted = requested ?? client.defaultScopes;
  const grantable = wanted.filter(
    (scope) =>
      Object.hasOwn(config.scopes, scope) &&
      client.scopes.includes(scope) &&
      (named === undefined || isScopeFor(config, scope, named)) &&
      isUsable(client, scope),
  );
  // Rich authorization requests can say it all (RFC 9396 §3).
  if (grantable.length > 0 || (details !== undefined && requested === undefined)) return grantable;
  throw new OAuthError('invalid_scope', 'None of the requested scopes can be granted to this client.', {
    field: 'scope',
    expected: `some of ${writeScope(client.scopes) || 'none permitted'}`,
    got:
      requested === undefined ? 'absent, and the client has no default scope' : shown(writeScope(requested)),
    requirement: requested === undefined ? 'AZ-032' : 'AZ-033',
  });
}

/** `offline_access` means nothing to a client that gets no refresh tokens (OpenID Connect Core §11). */
function isUsable(client: Client, scope: string): boolean {
  return scope !== 'offline_access' || client.grantTypes.includes('refresh_token');
}
