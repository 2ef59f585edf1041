import { OAuthError, shown } from './error.ts';
import type { Pair, Parameters } from './parameters.ts';
import { isCodeChallenge } from './pkce.ts';
import { readScope, writeScope } from './scope.ts';

/** Prompt values this server knows (OpenID Connect Core §3.1.2.1); others are ignored. */
export type Prompt = 'none' | 'login' | 'consent';

/** RFC 6749 §4.1.1 with RFC 7636 §4.3: what is asked for, once client and redirect URI are proven. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri?: string;
  readonly responseType: string;
  readonly scope?: readonly string[];
  readonly state?: string;
  /** S256 only. */
  readonly codeChallenge?: string;
  readonly prompt: readonly Prompt[];
  readonly loginHint?: string;
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

/** The second phase. Throws `invalid_request` or `invalid_scope`. */
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
  };
}

export function writeAuthorizationRequest(request: AuthorizationRequest): Pair[] {
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

function readPrompt(text: string | undefined): Prompt[] {
  const values = text === undefined ? [] : text.split(' ').filter((value) => value !== '');
  if (values.includes('none') && values.length > 1) {
    throw new OAuthError('invalid_request', 'prompt=none cannot be combined with other values.', {
      field: 'prompt',
      expected: 'none alone',
      got: shown(text),
      requirement: 'AZ-053',
    });
  }
  return [...new Set(values)].filter(isPrompt);
}

function isPrompt(value: string): value is Prompt {
  return value === 'none' || value === 'login' || value === 'consent';
}

/** A member only when there is a value: absent is not the same as `undefined` on the wire. */
function present<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}
