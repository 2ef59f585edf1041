import { type BasicCredentials, readBasic } from './basic-credentials.ts';
import { concealed, OAuthError, shown } from './error.ts';
import type { Parameters } from './parameters.ts';

/**
 * How a client names and proves itself in one request (RFC 6749 §2.3, §3.2.1; RFC 7523 §2.2). `clientId` is whom the
 * request claims to come from. A client that proves itself by a certificate (RFC 8705 §2) sends what a public one does.
 */
export type ClientCredentials =
  | BasicCredentials
  | { readonly method: 'client_secret_post'; readonly clientId: string; readonly clientSecret: string }
  | { readonly method: 'assertion'; readonly clientId: string; readonly assertion: string }
  | { readonly method: 'none'; readonly clientId: string };

/** RFC 7523 §2.2. */
export const jwtBearerAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Reads exactly one method. Two at once are `invalid_request` (§2.3), none and a malformed one `invalid_client`.
 * `authorization` is the value of that header.
 */
export function readClientCredentials(
  authorization: string | undefined,
  body: Parameters,
): ClientCredentials {
  requireOneMethod(authorization, body);
  const clientId = body.one('client_id');
  if (authorization !== undefined) return readBasic(authorization, clientId);
  if (hasAssertion(body)) return readAssertion(body, clientId);
  if (clientId === undefined) throw noClient();
  const clientSecret = body.one('client_secret');
  if (clientSecret === undefined) return { method: 'none', clientId };
  return { method: 'client_secret_post', clientId, clientSecret };
}

function hasAssertion(body: Parameters): boolean {
  return body.one('client_assertion') !== undefined || body.one('client_assertion_type') !== undefined;
}

function requireOneMethod(authorization: string | undefined, body: Parameters): void {
  const methods = [
    ...(authorization === undefined ? [] : ['an Authorization header']),
    ...(body.one('client_secret') === undefined ? [] : ['a client_secret in the body']),
    ...(hasAssertion(body) ? ['a client_assertion'] : []),
  ];
  if (methods.length < 2) return;
  throw new OAuthError('invalid_request', 'Use one way of client authentication only.', {
    field: 'client_secret',
    expected: 'one method of client authentication',
    got: methods.join(' and '),
    requirement: 'TK-022',
  });
}

/** Without `client_id` the assertion says itself whom to look up (RFC 7521 §4.2); whether that is true is judged later. */
function readAssertion(body: Parameters, named: string | undefined): ClientCredentials {
  const type = body.one('client_assertion_type');
  const assertion = body.one('client_assertion');
  if (type !== jwtBearerAssertion) throw wrongAssertion('client_assertion_type', shown(type));
  const clientId = assertion === undefined ? undefined : (named ?? claimedSubject(assertion));
  if (assertion === undefined || clientId === undefined)
    throw wrongAssertion('client_assertion', concealed(assertion));
  return { method: 'assertion', clientId, assertion };
}

/** The `sub` or else the `iss` of a JWT that nobody has verified. */
function claimedSubject(assertion: string): string | undefined {
  const [, payload, ...rest] = assertion.split('.');
  if (payload === undefined || rest.length !== 1) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(payload, { alphabet: 'base64url' });
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== 'object' || claims === null) return undefined;
    const { sub, iss } = claims as { sub?: unknown; iss?: unknown };
    return [sub, iss].find((claim) => typeof claim === 'string' && claim !== '') as string | undefined;
  } catch {
    return undefined;
  }
}

function wrongAssertion(field: string, got: string): OAuthError {
  return new OAuthError('invalid_client', 'The client assertion is malformed.', {
    field,
    expected: field === 'client_assertion' ? 'one JWT that names the client' : jwtBearerAssertion,
    got,
    requirement: 'TK-031',
  });
}

function noClient(): OAuthError {
  return new OAuthError('invalid_client', 'The request names no client.', {
    field: 'client_id',
    expected: 'client credentials, or the client_id of a public client',
    got: 'neither an Authorization header nor a client_id',
    requirement: 'TK-020',
  });
}
