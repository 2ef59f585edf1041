import { type AuthorizationRequest, type ClaimsRequest, OAuthError, shown } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Config } from '../config.ts';
import { verifyOwnJwt } from '../keys/sign-jwt.ts';
import type { Client } from '../model.ts';
import { promptsOf } from '../openid/prompts.ts';

/** Who has to be there, and how she has to have signed in (OpenID Connect Core §3.1.2.1). */
export interface RequestedPerson {
  /** What has still to be done: each goes when it has been. */
  readonly prompt: readonly string[];
  readonly loginHint?: string;
  /** Milliseconds: a sign-in before this is too old. Goes when the person has signed in. */
  readonly notBefore?: number;
  /** Authentication contexts, best first: wished for, or needed. */
  readonly acrValues?: readonly string[];
  readonly acrNeeded?: true;
  /** `sub` of the person who has to be the one. */
  readonly subject?: string;
  /** She has signed in for this request. */
  readonly signedIn?: true;
}

export async function readRequestedPerson(
  authority: Authority,
  client: Client,
  request: AuthorizationRequest,
): Promise<RequestedPerson> {
  const { config } = authority;
  const maxAge = request.maxAge ?? client.openid?.defaultMaxAge;
  const contexts = requestedContexts(config, client, request);
  const subject = await requestedSubject(authority, client, request);
  return {
    ...requestedFreshness(authority, promptsOf(config, request.prompt), maxAge),
    ...(request.loginHint === undefined ? {} : { loginHint: request.loginHint.slice(0, 256) }),
    ...contexts,
    ...(subject === undefined ? {} : { subject }),
  };
}

/** Milliseconds by which the clocks of two nodes may differ. */
const clockSkew = 10_000;

/**
 * `max_age=0` is `prompt=login` (Core §3.1.2.1); where nobody may be asked, no sign-in is young enough for it. Whoever ends
 * up here has to have signed in since: a sign-in by somebody else does not freshen a session that was there before.
 */
function requestedFreshness(
  { clock }: Authority,
  prompt: readonly string[],
  maxAge: number | undefined,
): Pick<RequestedPerson, 'prompt' | 'notBefore'> {
  if (maxAge === 0 && prompt.includes('none')) return { prompt, notBefore: Number.MAX_SAFE_INTEGER };
  if (maxAge === 0 || prompt.includes('login'))
    return { prompt: [...new Set([...prompt, 'login'])], notBefore: clock() - clockSkew };
  return maxAge === undefined ? { prompt } : { prompt, notBefore: clock() - maxAge * 1000 };
}

/** An essential `acr` of the claims parameter is a need (Core §5.5.1.1), and `acr_values` where a resource steps up. */
function requestedContexts(
  config: Config,
  client: Client,
  request: AuthorizationRequest,
): Pick<RequestedPerson, 'acrValues' | 'acrNeeded'> {
  const acr = request.claims?.id_token?.acr;
  const asked = acr?.values ?? (acr?.value === undefined ? undefined : [acr.value]);
  const named = asked?.filter((value) => typeof value === 'string');
  if (acr?.essential === true && named !== undefined) return { acrValues: named, acrNeeded: true };
  const acrValues = request.acrValues ?? named ?? client.openid?.defaultAcrValues;
  if (acrValues === undefined) return {};
  const steps = config.resources.some(
    ({ identifier, stepUp }) => stepUp && request.resources?.includes(identifier),
  );
  return { acrValues, ...(steps && request.acrValues !== undefined ? { acrNeeded: true as const } : {}) };
}

/** By an ID token of ours, however old, or by name in the claims parameter (Core §5.5.1). */
async function requestedSubject(
  authority: Authority,
  client: Client,
  { idTokenHint, claims }: AuthorizationRequest,
): Promise<string | undefined> {
  const named = subjectInClaims(claims);
  if (idTokenHint === undefined) return named;
  const hint = await verifyOwnJwt(authority, idTokenHint, { typ: 'JWT' });
  const meant = [hint?.aud].flat().includes(client.id);
  if (hint === undefined || !meant || typeof hint.sub !== 'string') {
    throw new OAuthError(
      'invalid_request',
      'The id_token_hint is not an ID token of this server for this client.',
      {
        field: 'id_token_hint',
        expected: 'an ID token that this server issued to this client',
        got: hint === undefined ? 'another value' : 'an ID token of another client',
        requirement: 'AZ-060',
      },
    );
  }
  if (named === undefined || named === hint.sub) return hint.sub;
  throw new OAuthError('invalid_request', 'The id_token_hint and the claims parameter name two people.', {
    field: 'claims',
    expected: 'the sub of the id_token_hint',
    got: shown(named),
    requirement: 'AZ-060',
  });
}

function subjectInClaims(claims: ClaimsRequest | undefined): string | undefined {
  const value = claims?.id_token?.sub?.value ?? claims?.userinfo?.sub?.value;
  return typeof value === 'string' ? value : undefined;
}
