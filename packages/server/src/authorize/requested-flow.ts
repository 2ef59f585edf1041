import { type AuthorizationRequest, OAuthError, type Parameters, shown } from '@valetkey/protocol';
import { profileRules } from '../config/profile-rules.ts';
import type { Config } from '../config.ts';
import type { Client } from '../model.ts';
import type { Submission } from './submitted-request.ts';

interface Asked {
  readonly client: Client;
  readonly request: AuthorizationRequest;
  readonly submission: Submission;
}

/** The code grant, pushed and signed where that is demanded, protected by PKCE. */
export function requireProtectedFlow(config: Config, asked: Asked): void {
  const { client, request, submission } = asked;
  requirePushed(config, client, submission);
  requireSigned(config, client, submission);
  requireModestState(request.state);
  requireCode(request, client);
  requireChallenge(config, client, request);
}

/** Whatever was meant for another door has been opened by now; what is left is refused by name, not ignored. */
export function requireOfferedFeatures(parameters: Parameters): void {
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

/** RFC 9126 §5, §6. */
function requirePushed(config: Config, client: Client, { pushedId }: Submission): void {
  const needed =
    config.requests.requirePushed ||
    client.requests?.requirePushed === true ||
    profileRules(config, client).fapi;
  if (!needed || pushedId !== undefined) return;
  throw new OAuthError('invalid_request', 'This client must push its authorization requests (RFC 9126).', {
    field: 'request_uri',
    expected: 'the request_uri of a pushed request',
    got: 'a request in the open',
    requirement: profileRules(config, client).fapi ? 'FP-019' : 'AZ-128',
  });
}

/** RFC 9101 §10.5. */
function requireSigned(config: Config, client: Client, { signed }: Submission): void {
  const needed =
    config.requests.requireSigned ||
    client.requests?.requireSigned === true ||
    profileRules(config, client).signed;
  if (!needed || signed === true) return;
  throw new OAuthError('invalid_request', 'This client must sign its authorization requests (RFC 9101).', {
    field: 'request',
    expected: 'a signed request object',
    got: 'plain parameters',
    requirement: profileRules(config, client).signed ? 'FP-050' : 'AZ-110',
  });
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

/** OAuth 2.1 §4.1.1, §7.5.1: of every client, but for a confidential one with a nonce that the operator exempted. */
function requireChallenge(config: Config, client: Client, request: AuthorizationRequest): void {
  if (request.codeChallenge !== undefined || isExempt(config, client, request)) return;
  throw new OAuthError('invalid_request', 'The code_challenge is missing (PKCE with S256 is required).', {
    field: 'code_challenge',
    expected: 'an S256 code_challenge (RFC 7636)',
    got: 'absent',
    requirement: client.authenticationMethod === 'none' ? 'AZ-041' : 'AZ-042',
  });
}

function isExempt(config: Config, client: Client, request: AuthorizationRequest): boolean {
  if (client.compatibility?.withoutPkce !== true || profileRules(config, client).fapi) return false;
  if (client.authenticationMethod === 'none' || request.nonce === undefined) return false;
  // The nonce protects nothing where no ID token carries it back.
  const asked = request.scope ?? [];
  return config.features.openid && asked.includes('openid') && client.scopes.includes('openid');
}
