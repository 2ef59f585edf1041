import { concealed, OAuthError } from './error.ts';
import { decodeFormValue, encodeFormValue, type Parameters } from './parameters.ts';

/** How a client names and proves itself in one request (RFC 6749 §2.3, §3.2.1). */
export type ClientCredentials =
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | { readonly method: 'none'; readonly clientId: string };

/**
 * Reads exactly one method. Two at once are `invalid_request` (§2.3), none and a malformed one `invalid_client`.
 * `authorization` is the value of that header.
 */
export function readClientCredentials(
  authorization: string | undefined,
  body: Parameters,
): ClientCredentials {
  const clientId = body.one('client_id');
  const clientSecret = body.one('client_secret');
  if (authorization !== undefined) {
    if (clientSecret !== undefined) throw twoMethods();
    return sameClient(readBasic(authorization), clientId);
  }
  if (clientId === undefined) throw noClient();
  if (clientSecret === undefined) return { method: 'none', clientId };
  return { method: 'client_secret_post', clientId, clientSecret };
}

/** The value of an Authorization header: both halves are form-encoded before they are joined (§2.3.1). */
export function writeBasic(clientId: string, clientSecret: string): string {
  return `Basic ${toBase64(`${encodeFormValue(clientId)}:${encodeFormValue(clientSecret)}`)}`;
}

function readBasic(authorization: string): ClientCredentials {
  const match = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization);
  const pair = match?.[1] === undefined ? undefined : fromBase64(match[1]);
  const colon = pair?.indexOf(':') ?? -1;
  if (pair === undefined || colon < 1) throw malformedBasic(authorization);
  const clientId = decodeFormValue(pair.slice(0, colon));
  const clientSecret = decodeFormValue(pair.slice(colon + 1));
  if (!clientId || !clientSecret) throw malformedBasic(authorization);
  return { method: 'client_secret_basic', clientId, clientSecret };
}

function sameClient(credentials: ClientCredentials, clientId: string | undefined): ClientCredentials {
  if (clientId === undefined || clientId === credentials.clientId) return credentials;
  throw new OAuthError('invalid_request', 'The client_id differs from the one in the Authorization header.', {
    field: 'client_id',
    expected: 'the client of the Authorization header',
    got: 'another client_id in the body',
    requirement: 'TK-028',
  });
}

function toBase64(ascii: string): string {
  return btoa(ascii);
}

/** ASCII text, or `undefined`: form-encoded halves hold nothing else. */
function fromBase64(text: string): string | undefined {
  try {
    const decoded = atob(text);
    return /^[\x20-\x7e]+$/.test(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

function twoMethods(): OAuthError {
  return new OAuthError('invalid_request', 'Use one way of client authentication only.', {
    field: 'client_secret',
    expected: 'one method of client authentication',
    got: 'an Authorization header and a client_secret in the body',
    requirement: 'TK-022',
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

function malformedBasic(authorization: string): OAuthError {
  return new OAuthError('invalid_client', 'The Authorization header is malformed.', {
    field: 'Authorization',
    expected: 'Basic with form-encoded client id and secret (RFC 6749 section 2.3.1)',
    got: concealed(authorization),
    requirement: 'TK-023',
  });
}
