import {
  type AuthorizationRequest,
  OAuthError,
  type Parameters,
  type Prompt,
  readAuthorizationRequest,
  shown,
  writeScope,
} from '@valetkey/protocol';
import { audienceOf } from '../audience.ts';
import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';
import type { Recipient } from './recipient.ts';

/** A request that may be decided on: what a ticket carries. */
export interface PendingRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly redirectUriSent: boolean;
  readonly state?: string;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly codeChallenge: string;
  /** What has still to be done: `login` goes when the person has signed in. */
  readonly prompt: readonly Prompt[];
  readonly loginHint?: string;
}

/** The second phase: errors of it go to the recipient. */
export function checkRequest(
  authority: Authority,
  recipient: Recipient,
  parameters: Parameters,
): PendingRequest {
  parameters.requireWellFormed();
  // First: where everything stands in a request object, nothing else has to be there (RFC 9101 §5).
  requireOfferedFeatures(parameters);
  const request = readAuthorizationRequest(parameters);
  requireModestState(request.state);
  requireCode(request, recipient.client);
  const codeChallenge = requireChallenge(request);
  const scopes = grantableScopes(authority, recipient.client, request.scope);
  return {
    clientId: recipient.client.id,
    redirectUri: recipient.redirectUri,
    redirectUriSent: recipient.redirectUriSent,
    ...(recipient.state === undefined ? {} : { state: recipient.state }),
    scopes,
    resources: audienceOf(authority.config, scopes),
    codeChallenge,
    prompt: request.prompt,
    ...(request.loginHint === undefined ? {} : { loginHint: request.loginHint.slice(0, 256) }),
  };
}

/** Features that are off are refused by name, not ignored: the request would mean something else without them. */
function requireOfferedFeatures(parameters: Parameters): void {
  const refused = [
    ['request', 'request_not_supported'],
    ['request_uri', 'request_uri_not_supported'],
    ['registration', 'registration_not_supported'],
  ] as const;
  for (const [name, code] of refused) {
    if (!parameters.has(name)) continue;
    throw new OAuthError(code, `The parameter ${name} is not supported.`, {
      field: name,
      expected: 'absent',
      got: 'present',
      requirement: 'AZ-100',
    });
  }
}

/** Everything travels in addresses that browsers and proxies cut off somewhere: what we take we can also give back. */
const longestState = 4096;

function requireModestState(state: string | undefined): void {
  if (state === undefined || state.length <= longestState) return;
  throw new OAuthError('invalid_request', `The state is longer than ${longestState} characters.`, {
    field: 'state',
    expected: `at most ${longestState} characters`,
    got: `${state.length} characters`,
    requirement: 'AZ-009',
  });
}

function requireCode(request: AuthorizationRequest, client: Client): void {
  if (request.responseType !== 'code') {
    throw new OAuthError('unsupported_response_type', 'Only the response_type code is offered.', {
      field: 'response_type',
      expected: 'code',
      got: shown(request.responseType),
      requirement: 'AZ-021',
    });
  }
  if (client.grantTypes.includes('authorization_code')) return;
  throw new OAuthError('unauthorized_client', 'This client may not use the authorization code grant.', {
    field: 'response_type',
    expected: 'a client registered for authorization_code',
    got: `grant types ${client.grantTypes.join(' ') || 'none'}`,
    requirement: 'AZ-022',
  });
}

/** OAuth 2.1 §4.1.1, §7.5.1: of every client, public or confidential. */
function requireChallenge(request: AuthorizationRequest): string {
  if (request.codeChallenge !== undefined) return request.codeChallenge;
  throw new OAuthError('invalid_request', 'The code_challenge is missing (PKCE with S256 is required).', {
    field: 'code_challenge',
    expected: 'an S256 code_challenge (RFC 7636)',
    got: 'absent',
    requirement: 'AZ-041',
  });
}

/** Scopes that are unknown or not permitted to the client are left out; with nothing left the request is refused. */
function grantableScopes(
  authority: Authority,
  client: Client,
  requested: readonly string[] | undefined,
): readonly string[] {
  const asked = requested ?? client.defaultScopes;
  const grantable = asked.filter(
    (scope) => Object.hasOwn(authority.config.scopes, scope) && client.scopes.includes(scope),
  );
  if (grantable.length > 0) return grantable;
  throw new OAuthError('invalid_scope', 'None of the requested scopes can be granted to this client.', {
    field: 'scope',
    expected: `some of ${writeScope(client.scopes) || 'none permitted'}`,
    got:
      requested === undefined ? 'absent, and the client has no default scope' : shown(writeScope(requested)),
    requirement: requested === undefined ? 'AZ-032' : 'AZ-033',
  });
}
