import { type AuthorizationDetail, OAuthError, shown, writeScope } from '@valetkey/protocol';
import { findResource, isDetailFor, isScopeFor } from '../audience.ts';
import type { Authority } from '../authority.ts';
import type { Config } from '../config.ts';
import type { Client } from '../model.ts';
import { canonicalDetail } from '../rich/canonical-detail.ts';
import { permittedDetails } from '../rich/detail-types.ts';

/** What a grant allows, or an access token is for. */
export interface Target {
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly authorizationDetails?: readonly AuthorizationDetail[];
}

/** What was granted, but for details whose type the client may not ask for any more. */
export function grantedTarget({ config }: Authority, client: Client, granted: Target): Target {
  const { scopes, resources, authorizationDetails: details } = granted;
  if (details === undefined) return { scopes, resources };
  return { scopes, resources, authorizationDetails: permittedDetails(config, client, details) };
}

/** What a token request asks of it; scopes are those that are granted and still permitted. */
interface Asked {
  readonly scopes: readonly string[];
  readonly resources?: readonly string[];
  readonly authorizationDetails?: readonly AuthorizationDetail[];
}

/**
 * What the new access token is for (RFC 8707 §2.2, RFC 9396 §6): the resources that were named, or else the first one that
 * something of it belongs to, and of scopes and details what means something there. The grant keeps all it has.
 */
export function narrowTarget(config: Config, granted: Target, request: Asked): Target {
  const asked = withoutUnknown(config, request);
  const details = chooseDetails(granted, asked.authorizationDetails);
  const resources = chooseResources(config, granted, asked);
  const scopes = asked.scopes.filter((scope) => isScopeFor(config, scope, resources));
  const meant = details?.filter(({ type }) => isDetailFor(config, type, resources));
  const wanted = asked.scopes.length > 0 || details !== undefined;
  if (wanted && scopes.length === 0 && (meant ?? []).length === 0) throw nothingLeft(asked, resources);
  return { scopes, resources, ...(meant === undefined ? {} : { authorizationDetails: meant }) };
}

/** What is switched off is a parameter like any that nobody knows: passed over. */
function withoutUnknown({ features, authorizationDetails: types }: Config, asked: Asked): Asked {
  const { scopes, resources, authorizationDetails: details } = asked;
  const hasTypes = Object.keys(types).length > 0;
  return {
    scopes,
    ...(resources === undefined || !features.resourceIndicators ? {} : { resources }),
    ...(details === undefined || !hasTypes ? {} : { authorizationDetails: details }),
  };
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
  return asked.resources ?? defaultResource(config, granted, asked);
}

/** Of what was granted: where the details that were named are good, or else the scopes, or else any detail. */
function defaultResource(config: Config, granted: Target, asked: Asked): readonly string[] {
  const { resources } = granted;
  const ofDetails = (details: readonly AuthorizationDetail[] = []) =>
    resources.find((resource) =>
      details.some(({ type }) => config.authorizationDetails[type]?.resources?.includes(resource)),
    );
  const ofScopes = resources.find((resource) =>
    asked.scopes.some((scope) => findResource(config, resource)?.scopes.includes(scope)),
  );
  const only =
    ofDetails(asked.authorizationDetails) ??
    ofScopes ??
    ofDetails(granted.authorizationDetails) ??
    resources[0];
  return only === undefined ? [] : [only];
}

function chooseDetails(
  { authorizationDetails: granted }: Target,
  asked: readonly AuthorizationDetail[] | undefined,
): readonly AuthorizationDetail[] | undefined {
  if (asked === undefined) return granted;
  const wanted = asked.map(canonicalDetail);
  // Each that was granted is given once: two payments of one would be another grant.
  const chosen = (granted ?? []).filter((detail) => {
    const at = wanted.indexOf(canonicalDetail(detail));
    return at !== -1 && wanted.splice(at, 1).length === 1;
  });
  if (wanted.length === 0) return chosen;
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

function nothingLeft({ scopes }: Asked, resources: readonly string[]): OAuthError {
  const reason = { expected: `something that belongs to ${resources.join(' ')}`, requirement: 'TK-077' };
  if (scopes.length === 0) {
    const text = 'None of the authorization_details belongs to the resource.';
    return new OAuthError('invalid_target', text, {
      ...reason,
      field: 'resource',
      got: 'other details only',
    });
  }
  const text = 'None of the scopes belongs to the resource.';
  return new OAuthError('invalid_scope', text, { ...reason, field: 'scope', got: writeScope(scopes) });
}
