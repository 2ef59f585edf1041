import { OAuthError, type Pair, Parameters } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { isPushedUri, openPushed } from './pushed-request.ts';
import { openRequestObject } from './request-object.ts';
import type { Submission } from './submitted-request.ts';

/**
 * The request that is meant: what was pushed (RFC 9126), what stands in a signed object (RFC 9101), or the parameters
 * themselves. `fault`: it could not be opened; then who asks has to be known from the outside to hear of it.
 */
export type Submitted = Submission & { readonly fault?: OAuthError };

export async function readSubmission(authority: Authority, outer: Parameters): Promise<Submitted> {
  const uri = value(outer, 'request_uri');
  const { features } = authority.config;
  if (uri !== undefined && features.pushedRequests && isPushedUri(uri)) {
    // What fails here is a page: nothing outside the pushed request counts (decision table of the endpoint).
    if (features.requestObjects) requireOneSource(outer);
    return openPushed(authority, uri, value(outer, 'client_id'));
  }
  const offered = [
    ...(features.requestObjects ? ['request'] : []),
    ...(features.requestUris ? ['request_uri'] : []),
  ];
  if (!offered.some((name) => outer.has(name))) return { parameters: outer };
  try {
    requireOneSource(outer);
    return { parameters: await openRequestObject(authority, outer), signed: true };
  } catch (fault) {
    if (!(fault instanceof OAuthError)) throw fault;
    return { parameters: addressOf(outer), fault };
  }
}

/** RFC 9101 §5. */
function requireOneSource(outer: Parameters): void {
  if (!(outer.has('request') && outer.has('request_uri'))) return;
  throw new OAuthError('invalid_request', 'There are both a request and a request_uri.', {
    field: 'request_uri',
    expected: 'either request or request_uri',
    // Not which: the one of a pushed request is as good as the request.
    got: 'both',
    requirement: 'AZ-101',
  });
}

/** What of the outside may say where an error goes. */
function addressOf(outer: Parameters): Parameters {
  const names = ['client_id', 'redirect_uri', 'state', 'response_mode'];
  return Parameters.of(outer.pairs().filter(([name]: Pair) => names.includes(name)));
}

function value(parameters: Parameters, name: string): string | undefined {
  try {
    return parameters.one(name);
  } catch {
    return undefined;
  }
}
