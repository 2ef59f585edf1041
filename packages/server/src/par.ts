import { isLoopbackRedirectUri, OAuthError, Parameters, shown } from '@valetkey/protocol';
import type { Authority } from './authority.ts';
import { keepPushed } from './authorize/pushed-request.ts';
import { proveRecipient, type Recipient } from './authorize/recipient.ts';
import { checkRequest } from './authorize/request.ts';
import { readSubmission } from './authorize/submission.ts';
import type { Caller } from './caller.ts';
import { profileRules } from './config/profile-rules.ts';
import { checkProof, invalidProof } from './proof/dpop.ts';
import { type AuthenticatedClient, authenticate } from './token/authenticate.ts';

/** What client authentication takes from the body; nothing of it is part of the request. */
const credentials = ['client_secret', 'client_assertion', 'client_assertion_type'];

/**
 * A pushed authorization request (RFC 9126): the client authenticates, and what it asks for is checked as at the
 * authorization endpoint. One write. `expiresIn` in seconds. Throws `OAuthError`, never for the browser.
 */
export async function pushRequest(
  authority: Authority,
  caller: Caller,
  body: Parameters,
): Promise<{ requestUri: string; expiresIn: number }> {
  body.requireWellFormed();
  const client = await authenticate(authority, caller, body);
  requireNoPushedUri(body);
  const { fault, ...submission } = await readSubmission(authority, requestOf(body, client));
  if (fault !== undefined) throw fault;
  requireOwn(submission.parameters, client);
  const parameters = await withKey(authority, submission.parameters, { caller, client });
  const pushed = { ...submission, parameters, pushedId: '' };
  const recipient = await proveRecipient(authority, parameters).catch((error: unknown) => {
    throw asRequestError(error);
  });
  requireSafeRedirectUri(authority, recipient);
  await checkRequest(authority, recipient, pushed);
  return keepPushed(authority, client.id, pushed);
}

/** RFC 9126 §2.1; a client that authenticates need not name itself a second time. */
function requestOf(body: Parameters, client: AuthenticatedClient): Parameters {
  const rest = body.pairs().filter(([name]) => !credentials.includes(name) && name !== 'client_id');
  return Parameters.of([['client_id', client.id], ...rest]);
}

function requireNoPushedUri(body: Parameters): void {
  if (!body.has('request_uri')) return;
  throw new OAuthError('invalid_request', 'A request_uri cannot be pushed.', {
    field: 'request_uri',
    expected: 'absent',
    got: 'present',
    requirement: 'AZ-123',
  });
}

/** RFC 9126 §3: of a signed object, whose client was not seen outside. */
function requireOwn(parameters: Parameters, client: AuthenticatedClient): void {
  if (parameters.one('client_id') === client.id) return;
  throw new OAuthError('invalid_request_object', 'The request object is of another client.', {
    field: 'client_id',
    expected: client.id,
    got: 'another client',
    requirement: 'AZ-129',
  });
}

/** RFC 9449 §10.1: a proof says the same as `dpop_jkt`. */
async function withKey(
  authority: Authority,
  parameters: Parameters,
  { caller, client }: { caller: Caller; client: AuthenticatedClient },
): Promise<Parameters> {
  const { dpopProof } = caller;
  if (!authority.config.features.dpop || dpopProof === undefined) return parameters;
  const { fapi } = profileRules(authority.config, client);
  const jkt = await checkProof(authority, { ...caller, dpopProof }, { fapi });
  const named = parameters.one('dpop_jkt');
  if (named === undefined) return Parameters.of([...parameters.pairs(), ['dpop_jkt', jkt]]);
  if (named === jkt) return parameters;
  throw invalidProof({
    expected: 'a proof by the key of dpop_jkt',
    got: 'another key',
    requirement: 'AZ-132',
  });
}

/** FAPI 2.0 §5.3.2.2 (6), (8): it is named, and http only leads to an app on the person's own device. */
function requireSafeRedirectUri(
  authority: Authority,
  { client, redirectUri, redirectUriSent }: Recipient,
): void {
  if (!profileRules(authority.config, client).fapi) return;
  const onDevice = client.applicationType === 'native' && isLoopbackRedirectUri(redirectUri);
  if (redirectUriSent && (onDevice || !redirectUri.startsWith('http:'))) return;
  throw new OAuthError(
    'invalid_request',
    'The redirect_uri is missing, or neither https nor of a native app.',
    {
      field: 'redirect_uri',
      expected: 'a redirect_uri that is not http, but for loopback of a native client',
      got: redirectUriSent ? shown(redirectUri) : 'absent',
      requirement: redirectUriSent ? 'FP-021' : 'FP-020',
    },
  );
}

/** What is a page at the authorization endpoint is an answer here, and the client is known (RFC 9126 §2.3). */
function asRequestError(error: unknown): unknown {
  if (!(error instanceof OAuthError) || error.code !== 'invalid_client') return error;
  return new OAuthError('invalid_request', error.description, error.reason);
}
