import type { Refusal } from './refusal.ts';

/** What a challenge may offer to the client (RFC 6750 §3, RFC 9728 §5.1). */
export interface Offer {
  /** All scope tokens the call needs. */
  readonly scope: readonly string[];
  readonly resourceMetadata: string;
}

const STATUS = {
  no_token: 401,
  invalid_request: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  unavailable: 503,
};

/** Fixed texts: nothing of the request is ever copied into an answer. */
const DESCRIPTION = {
  invalid_request: 'The request carries credentials in more than one way',
  invalid_token: 'The access token is malformed, expired, revoked or not meant for this resource',
  insufficient_scope: 'The access token does not cover what this request needs',
  unavailable: 'The access token cannot be checked right now',
};

/** The answer to a refused request. */
export function respond({ code }: Refusal, offer: Offer): Response {
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (code === 'unavailable') headers.set('retry-after', '5');
  else headers.set('www-authenticate', challenge(code, offer));
  // RFC 6750 §3.1: without credentials, no error code.
  if (code === 'no_token') return new Response(null, { status: STATUS[code], headers });
  const error = code === 'unavailable' ? 'temporarily_unavailable' : code;
  return Response.json({ error, error_description: DESCRIPTION[code] }, { status: STATUS[code], headers });
}

/** RFC 6750 §3: each attribute once, all quoted. */
function challenge(
  code: Exclude<Refusal['code'], 'unavailable'>,
  { scope, resourceMetadata }: Offer,
): string {
  const error =
    code === 'no_token' ? [] : [attribute('error', code), attribute('error_description', DESCRIPTION[code])];
  const wanted = scope.length > 0 ? [attribute('scope', scope.join(' '))] : [];
  return `Bearer ${[...error, ...wanted, attribute('resource_metadata', resourceMetadata)].join(', ')}`;
}

function attribute(name: string, value: string): string {
  if (!/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(value))
    throw new TypeError(`${name} holds a character that is not allowed`);
  return `${name}="${value}"`;
}
