import { type AuthorizationDetail, readAuthorizationDetails } from './authorization-details.ts';
import { type ClaimsRequest, readClaimsRequest } from './claims-request.ts';
import { OAuthError, shown } from './error.ts';
import type { Pair, Parameters } from './parameters.ts';
import { isCodeChallenge } from './pkce.ts';
import { readScope, writeScope } from './scope.ts';

/**
 * RFC 6749 §4.1.1 with RFC 7636 §4.3, OpenID Connect Core §3.1.2.1, RFC 8707 §2.1, RFC 9396 §2 and RFC 9449 §10: what is
 * asked for, once client and redirect URI are proven.
 */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri?: string;
  readonly responseType: string;
  readonly scope?: readonly string[];
  readonly state?: string;
  /** S256 only. */
  readonly codeChallenge?: string;
  /** As sent, without repetitions; values that nobody knows are in it. */
  readonly prompt: readonly string[];
  readonly loginHint?: string;
  readonly responseMode?: string;
  readonly nonce?: string;
  /** Seconds. */
  readonly maxAge?: number;
  readonly acrValues?: readonly string[];
  readonly idTokenHint?: string;
  readonly claims?: ClaimsRequest;
  readonly resources?: readonly string[];
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  readonly dpopJkt?: string;
}

/** The first phase: who asks, and where answers would go. Nothing here is proven yet. */
export interface Addressee {
  readonly clientId: string;
  readonly redirectUri: string | undefined;
}

/** Throws `invalid_request` if either is repeated or malformed, or the client is not named. */
export function readAddressee(parameters: Parameters): Addressee {
  const clientId = parameters.one('client_id');
  const redirectUri = parameters.one('redirect_uri');
  if (clientId !== undefined) return { clientId, redirectUri };
  throw new OAuthError('invalid_request', 'The client_id is missing.', {
    field: 'client_id',
    expected: 'the id of a registered client',
    got: 'absent',
    requirement: 'AZ-010',
  });
}

/** The second phase. Throws `invalid_request`, `invalid_scope`, `invalid_target` or `invalid_authorization_details`. */
export function readAuthorizationRequest(parameters: Parameters): AuthorizationRequest {
  parameters.requireWellFormed();
  const { clientId, redirectUri } = readAddressee(parameters);
  const scope = parameters.one('scope');
  return {
    clientId,
    ...present('redirectUri', redirectUri),
    responseType: readResponseType(parameters),
    ...present('scope', scope === undefined ? undefined : readScope(scope)),
    ...present('state', parameters.one('state')),
    ...present('codeChallenge', readCodeChallenge(parameters)),
    prompt: readPrompt(parameters.one('prompt')),
    ...present('loginHint', parameters.one('login_hint')),
    ...present('responseMode', parameters.one('response_mode')),
    ...readOpenId(parameters),
    ...present('resources', readResources(parameters)),
    ...present('authorizationDetails', readDetails(parameters)),
    ...present('dpopJkt', readThumbprint(parameters)),
  };
}

export function writeAuthorizationRequest(request: AuthorizationRequest): Pair[] {
  const { claims, authorizationDetails } = request;
  const pairs: (readonly [string, string | undefined])[] = [
    ['response_type', request.responseType],
    ['client_id', request.clientId],
    ['redirect_uri', request.redirectUri],
    ['scope', request.scope === undefined ? undefined : writeScope(request.scope)],
    ['state', request.state],
    ['code_challenge', request.codeChallenge],
    ['code_challenge_method', request.codeChallenge === undefined ? undefined : 'S256'],
    ['prompt', request.prompt.join(' ') || undefined],
    ['login_hint', request.loginHint],
    ['response_mode', request.responseMode],
    ['nonce', request.nonce],
    ['max_age', request.maxAge?.toString()],
    ['acr_values', request.acrValues?.join(' ')],
    ['id_token_hint', request.idTokenHint],
    ['claims', claims === undefined ? undefined : JSON.stringify(claims)],
    ...(request.resources ?? []).map((resource) => ['resource', resource] as const),
    [
      'authorization_details',
      authorizationDetails === undefined ? undefined : JSON.stringify(authorizationDetails),
    ],
    ['dpop_jkt', request.dpopJkt],
  ];
  return pairs.filter((pair): pair is Pair => pair[1] !== undefined);
}

function readResponseType(parameters: Parameters): string {
  const responseType = parameters.one('response_type');
  if (responseType !== undefined) return responseType;
  throw new OAuthError('invalid_request', 'The response_type is missing.', {
    field: 'response_type',
    expected: 'code',
    got: 'absent',
    requirement: 'AZ-020',
  });
}

/** RFC 7636 §4.3: without a method the challenge would be `plain`, which is off. */
function readCodeChallenge(parameters: Parameters): string | undefined {
  const challenge = parameters.one('code_challenge');
  const method = parameters.one('code_challenge_method');
  if (challenge === undefined && method === undefined) return undefined;
  if (challenge === undefined) {
    throw new OAuthError('invalid_request', 'There is a code_challenge_method but no code_challenge.', {
      field: 'code_challenge',
      expected: 'a code_challenge beside its method',
      got: 'absent',
      requirement: 'AZ-044',
    });
  }
  if (method !== 'S256') {
    throw new OAuthError('invalid_request', 'The code_challenge_method must be S256.', {
      field: 'code_challenge_method',
      expected: 'S256',
      got: method === undefined ? 'absent, which means plain' : shown(method),
      requirement: 'AZ-043',
    });
  }
  if (isCodeChallenge(challenge)) return challenge;
  throw new OAuthError('invalid_request', 'The code_challenge is not an S256 challenge.', {
    field: 'code_challenge',
    expected: '43 base64url characters without padding (RFC 7636 section 4.2)',
    got: `${challenge.length} characters`,
    requirement: 'AZ-044',
  });
}

function readPrompt(text: string | undefined): string[] {
  const values = words(text) ?? [];
  if (values.includes('none') && values.length > 1) {
    throw new OAuthError('invalid_request', 'prompt=none cannot be combined with other values.', {
      field: 'prompt',
      expected: 'none alone',
      got: shown(text),
      requirement: 'AZ-053',
    });
  }
  return values;
}

function readOpenId(parameters: Parameters) {
  const claims = parameters.one('claims');
  return {
    ...present('nonce', readNonce(parameters.one('nonce'))),
    ...present('maxAge', readMaxAge(parameters.one('max_age'))),
    ...present('acrValues', words(parameters.one('acr_values'))),
    ...present('idTokenHint', parameters.one('id_token_hint')),
    ...present('claims', claims === undefined ? undefined : readClaimsRequest(claims)),
  };
}

/** It is sealed into the code and comes back in the ID token. */
const longestNonce = 1024;

function readNonce(nonce: string | undefined): string | undefined {
  if (nonce === undefined || nonce.length <= longestNonce) return nonce;
  throw new OAuthError('invalid_request', `The nonce is longer than ${longestNonce} characters.`, {
    field: 'nonce',
    expected: `at most ${longestNonce} characters`,
    got: `${nonce.length} characters`,
    requirement: 'AZ-009',
  });
}

function readMaxAge(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new OAuthError('invalid_request', 'The max_age is not a number of seconds.', {
    field: 'max_age',
    expected: 'a whole number of seconds, 0 or more',
    got: shown(text),
    requirement: 'AZ-058',
  });
}

/** RFC 8707 §2: absolute URIs without fragment. */
export function readResources(parameters: Parameters): string[] | undefined {
  const resources = [...new Set(parameters.all('resource'))];
  const bad = resources.find((resource) => !URL.canParse(resource) || /[#\s]/.test(resource));
  if (bad === undefined) return resources.length === 0 ? undefined : resources;
  throw new OAuthError('invalid_target', 'The resource is not an absolute URI without fragment.', {
    field: 'resource',
    expected: 'an absolute URI without fragment (RFC 8707 section 2)',
    got: shown(bad),
    requirement: 'AZ-090',
  });
}

function readDetails(parameters: Parameters): AuthorizationDetail[] | undefined {
  const text = parameters.one('authorization_details');
  return text === undefined ? undefined : readAuthorizationDetails(text);
}

/** RFC 9449 §10: the thumbprint of the key that must redeem the code. */
function readThumbprint(parameters: Parameters): string | undefined {
  const thumbprint = parameters.one('dpop_jkt');
  if (thumbprint === undefined || /^[A-Za-z0-9_-]{43}$/.test(thumbprint)) return thumbprint;
  throw new OAuthError('invalid_request', 'The dpop_jkt is not a thumbprint of a key.', {
    field: 'dpop_jkt',
    expected: '43 base64url characters (RFC 7638, SHA-256)',
    got: `${thumbprint.length} characters`,
    requirement: 'AZ-132',
  });
}

/** The words of a list parted by blanks, once each; `undefined` when there are none. */
function words(text: string | undefined): string[] | undefined {
  const values = [...new Set((text ?? '').split(' ').filter((value) => value !== ''))];
  return values.length === 0 ? undefined : values;
}

/** A member only when there is a value: absent is not the same as `undefined` on the wire. */
function present<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}
