import { type AuthorizationDetail, type ClaimsRequest, readAuthorizationRequest } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { grantableClaims } from '../openid/claims.ts';
import type { Recipient } from './recipient.ts';
import { requireOfferedFeatures, requireProtectedFlow } from './requested-flow.ts';
import { type RequestedPerson, readRequestedPerson } from './requested-person.ts';
import { readRequestedTarget } from './requested-target.ts';
import type { ResponseMode } from './response-mode.ts';
import type { Submission } from './submitted-request.ts';

/** A request that may be decided on: what a ticket carries. */
export interface PendingRequest extends RequestedPerson {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly redirectUriSent: boolean;
  readonly state?: string;
  /** Absent: in the query. */
  readonly responseMode?: ResponseMode;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  /** Absent only for a client that may leave PKCE out. */
  readonly codeChallenge?: string;
  readonly nonce?: string;
  readonly claims?: ClaimsRequest;
  /** Thumbprint of the key that must redeem the code (RFC 9449 §10). */
  readonly dpopJkt?: string;
  /** The pushed request it came from, which ends with the answer. */
  readonly pushedId?: string;
}

/** The second phase: errors of it go to the recipient. */
export async function checkRequest(
  authority: Authority,
  recipient: Recipient,
  submission: Submission,
): Promise<PendingRequest> {
  const { parameters, pushedId } = submission;
  const { client, state, responseMode } = recipient;
  // Before the rest: whoever put everything into a request object sent nothing else.
  requireOfferedFeatures(parameters);
  const request = readAuthorizationRequest(parameters);
  requireProtectedFlow(authority.config, { client, request, submission });
  if (request.codeChallenge === undefined) authority.compatibility.note(client, 'withoutPkce');
  const target = await readRequestedTarget(authority, client, request);
  // A resource that was not named is asked for by its scopes (RFC 9470 §5).
  const person = await readRequestedPerson(authority, client, { ...request, resources: target.resources });
  const claims = grantableClaims(client, target.scopes, request.claims);
  return {
    clientId: client.id,
    redirectUri: recipient.redirectUri,
    redirectUriSent: recipient.redirectUriSent,
    ...(state === undefined ? {} : { state }),
    ...(responseMode === 'query' ? {} : { responseMode }),
    ...target,
    ...person,
    ...pick(request, ['codeChallenge', 'nonce']),
    ...(claims === undefined ? {} : { claims }),
    ...(authority.config.features.dpop ? pick(request, ['dpopJkt']) : {}),
    ...(pushedId === undefined ? {} : { pushedId }),
  };
}

/** Those of the members that are there. */
function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]),
  ) as unknown as Pick<T, K>;
}
