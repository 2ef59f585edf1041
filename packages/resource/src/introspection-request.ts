import { type JsonObject, JwtError, type JwtExpectation, verifyJwt } from '@valetkey/jwt';
import type { IntrospectionAuthentication } from './introspection-credentials.ts';
import { type Fetch, fetchJson, fetchText } from './outgoing.ts';
import { outage } from './refusal.ts';

/** What an answer that is a JWT must be; keys, time and the like are those of the issuer. */
export type SignedAnswer = Pick<
  JwtExpectation,
  'algorithms' | 'keys' | 'imported' | 'issuer' | 'audience' | 'leewaySeconds'
>;

interface Question {
  readonly endpoint: string;
  readonly authentication: IntrospectionAuthentication;
  readonly fetch: Fetch;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** If given, the answer must be such a JWT (RFC 9701 §5). */
  readonly signed: SignedAnswer | undefined;
}

const MEDIA_TYPE = 'application/token-introspection+jwt';

/** Seconds a signed answer may be old: it was made for this question. */
const OLDEST = 60;

/** Asks about a token (RFC 7662 §2.1); an answer that does not say whether it is active is an outage. */
export async function introspect(token: string, question: Question): Promise<JsonObject> {
  const { endpoint, authentication, fetch, signed, now } = question;
  const headers = new Headers();
  const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
  authentication({ headers, body });
  const init = { method: 'POST', headers, body };
  const answer = signed
    ? await readSigned(await fetchText(fetch, endpoint, { ...init, type: MEDIA_TYPE }), signed, now)
    : await fetchJson(fetch, endpoint, init);
  if (typeof answer.active !== 'boolean') {
    throw outage('the introspection answer does not say whether the token is active');
  }
  return answer;
}

/** RFC 9701 §5: the answer proper is one claim. Forged, or meant for somebody else, it is no answer (§8.1). */
async function readSigned(jwt: string, signed: SignedAnswer, now: number): Promise<JsonObject> {
  try {
    const claims = await verifyJwt(jwt, {
      types: ['token-introspection+jwt'],
      untyped: 'refused',
      requires: ['iss', 'aud', 'iat', 'token_introspection'],
      oldest: OLDEST,
      now,
      ...signed,
    });
    return { ...(claims.token_introspection as JsonObject) };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    throw outage(`the signed introspection answer is refused: ${error.detail}`, undefined, 'IR-026');
  }
}
