import type { Scheme } from './credentials.ts';
import type { Needs } from './needs.ts';
import type { Refusal, RefusalCode } from './refusal.ts';

/** What challenges may offer to the client (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1). */
export interface Offer {
  readonly schemes: readonly Scheme[];
  /** The scheme of the request: error data sits in its challenge (RFC 9449 §7.2). */
  readonly used: Scheme | undefined;
  /** What the call needs. */
  readonly needs: Needs;
  /** Algorithms of DPoP proofs. */
  readonly algorithms: readonly string[];
  readonly resourceMetadata: string;
}

type ChallengeCode = Exclude<RefusalCode, 'unavailable'>;

const STATUS = {
  no_token: 401,
  invalid_request: 400,
  invalid_token: 401,
  invalid_dpop_proof: 401,
  use_dpop_nonce: 401,
  insufficient_scope: 403,
  insufficient_user_authentication: 401,
  unavailable: 503,
};

/** Fixed texts: nothing of the request is ever copied into an answer. */
const DESCRIPTION = {
  invalid_request: 'The request carries credentials in more than one way',
  invalid_token: 'The access token is malformed, expired, revoked or not meant for this resource',
  invalid_dpop_proof: 'The DPoP proof is missing, malformed, used before or not made for this request',
  use_dpop_nonce: 'The DPoP proof must carry the nonce of this answer',
  insufficient_scope: 'The access token does not cover what this request needs',
  insufficient_user_authentication: 'The sign-in is too old or too weak for this request',
  unavailable: 'The access token cannot be checked right now',
};

/** The answer to a refused request. */
export function respond({ code }: Refusal, offer: Offer): Response {
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (code === 'unavailable') headers.set('retry-after', '5');
  else headers.set('www-authenticate', challenges(code, offer));
  // RFC 6750 §3.1: without credentials, no error code.
  if (code === 'no_token') return new Response(null, { status: STATUS[code], headers });
  const error = code === 'unavailable' ? 'temporarily_unavailable' : code;
  return Response.json({ error, error_description: DESCRIPTION[code] }, { status: STATUS[code], headers });
}

/** RFC 9110 §11.6.1: one for each scheme that may be used, and for the one that was. */
function challenges(code: ChallengeCode, offer: Offer): string {
  const { schemes, used = schemes[0] } = offer;
  return (['Bearer', 'DPoP'] as const)
    .filter((scheme) => scheme === used || schemes.includes(scheme))
    .map((scheme) =>
      challenge(scheme, [...(scheme === used ? errorOf(code, offer) : []), ...hints(scheme, offer)]),
    )
    .join(', ');
}

/** RFC 6750 §3: each attribute once, all quoted. */
function challenge(scheme: Scheme, attributes: readonly (readonly [name: string, value: string])[]): string {
  return `${scheme} ${attributes.map(([name, value]) => attribute(name, value)).join(', ')}`;
}

function errorOf(code: ChallengeCode, { needs }: Offer): [string, string][] {
  if (code === 'no_token') return [];
  const error: [string, string][] = [
    ['error', code],
    ['error_description', DESCRIPTION[code]],
  ];
  if (code !== 'insufficient_user_authentication') return error;
  // RFC 9470 §3
  if (needs.acr !== undefined) error.push(['acr_values', needs.acr.join(' ')]);
  if (needs.maxAge !== undefined) error.push(['max_age', String(needs.maxAge)]);
  return error;
}

function hints(scheme: Scheme, { needs, algorithms, resourceMetadata }: Offer): [string, string][] {
  // A refresh token is nothing that a call needs (MC-028).
  const scope = (needs.scope ?? []).filter((token) => token !== 'offline_access');
  return [
    ...(scope.length > 0 ? [['scope', scope.join(' ')] as [string, string]] : []),
    ...(scheme === 'DPoP' ? [['algs', algorithms.join(' ')] as [string, string]] : []),
    ['resource_metadata', resourceMetadata],
  ];
}

function attribute(name: string, value: string): string {
  if (!/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(value))
    throw new TypeError(`${name} holds a character that is not allowed`);
  return `${name}="${value}"`;
}
