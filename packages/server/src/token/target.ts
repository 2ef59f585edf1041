import { type AuthorizationDetail, OAuthError, shown, writeScope } from '@valetkey/protocol';
import type { Config } from '../config.ts';

/** What a grant allows, or an access token is for. */
export interface Target {
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly authorizationDetails?: readonly AuthorizationDetail[];
}

/** What a token request asks of it; scopes are those that are granted and still permitted. */
interface Asked {
  readonly scopes: readonly string[];
  readonly resources?: readonly string[];
  readonly authorizationDetails?: readonly AuthorizationDetail[];
}

/**
 * What the new access token is for (RFC 8707 §2.2, RFC 9396 §6): the resources that were named, or else the first one that
 * the scopes belong to, and of scopes and details what means something there. The grant keeps all it has.
 */
export function narrowTarget(config: Config, granted: Target, asked: Asked): Target {
  const resources = chooseResources(config, granted, asked);
  const scopes = asked.scopes.filter((scope) => hasMeaning(config, scope, resources));
  if (scopes.length === 0 && asked.scopes.length > 0) throw nothingLeft(asked, resources);
  const details = chooseDetails(granted, asked.authorizationDetails);
  const meant = details?.filter(({ type }) => isFor(config, type, resources));
  return { scopes, resources, ...(meant === undefined ? {} : { authorizationDetails: meant }) };
}

function chooseResources(config: Config, granted: Target, asked: Asked): readonly string[] {
  const beyond = asked.resources?.find((resource) => !granted.resources.includes(resource));
  if (beyond !== undefined) {
    throw new OAuthError('invalid_target', 'The resource is not among those that were granted.', {
      field: 'resource',
      expected: `some of ${granted.resources.join(' ')}`,
      got: shown(beyond),
      requirement: 'TK-077',
    });
  }
  if (asked.resources !== undefined) return asked.resources;
  const owned = asked.scopes.filter((scope) => ownersOf(config, scope).length > 0);
  const fitting = granted.resources.find(
    (resource) => owned.length === 0 || owned.some((scope) => ownersOf(config, scope).includes(resource)),
  );
  const only = fitting ?? granted.resources[0];
  return only === undefined ? [] : [only];
}

/** A scope that no resource owns goes with any. */
function hasMeaning(config: Config, scope: string, resources: readonly string[]): boolean {
  const owners = ownersOf(config, scope);
  return owners.length === 0 || owners.some((owner) => resources.includes(owner));
}

function ownersOf(config: Config, scope: string): readonly string[] {
  return config.resources.filter(({ scopes }) => scopes.includes(scope)).map(({ identifier }) => identifier);
}

function chooseDetails(
  { authorizationDetails: granted }: Target,
  asked: readonly AuthorizationDetail[] | undefined,
): readonly AuthorizationDetail[] | undefined {
  if (asked === undefined) return granted;
  const known = new Set((granted ?? []).map((detail) => JSON.stringify(detail)));
  if (asked.every((detail) => known.has(JSON.stringify(detail)))) return asked;
  throw new OAuthError(
    'invalid_authorization_details',
    'The authorization_details are not among those granted.',
    {
      field: 'authorization_details',
      expected: 'some of the details that were granted, as they were granted',
      got: 'another detail',
      requirement: 'TK-078',
    },
  );
}

function isFor(config: Config, type: string, resources: readonly string[]): boolean {
  const meant = config.authorizationDetails[type]?.resources;
  return meant === undefined || meant.some((resource) => resources.includes(resource));
}

function nothingLeft(asked: Asked, resources: readonly string[]): OAuthError {
  return new OAuthError('invalid_scope', 'None of the scopes belongs to the resource.', {
    field: 'scope',
    expected: `scopes of ${resources.join(' ')}`,
    got: writeScope(asked.scopes),
    requirement: 'TK-077',
  });
}
