import {
  allowInsecureRequests,
  customFetch,
  protectedResourceRequest,
  type WWWAuthenticateChallenge,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { ClientError, refusal } from './error.ts';
import { requireSession } from './find-session.ts';
import { refresh } from './refresh.ts';
import { secureUrl } from './secure-url.ts';
import type { Session, StoredSession } from './session.ts';
import { outgoingRequest } from './transport.ts';
import type { Wiring } from './wiring.ts';

/** Milliseconds before its expiry at which an access token is renewed. */
const AHEAD = 30_000;

/**
 * Sends a request to an API with the session's access token. A token about to expire is renewed first; a 401 with
 * `invalid_token` leads to one refresh and one more try. Redirects are handed back, not followed.
 */
export async function callApi(
  wiring: Wiring,
  session: Pick<Session, 'key'>,
  request: Request,
): Promise<Response> {
  const call = await readCall(wiring, request);
  const stored = await currentTokens(wiring, session.key);
  const first = await send(wiring, call, stored.tokens.accessToken);
  // RFC 6750 §3.1
  if (!refusesToken(first) || stored.tokens.refreshToken === undefined) return first.response;
  try {
    await refresh(wiring, { key: session.key, renewals: stored.renewals });
  } catch (error) {
    if (error instanceof ClientError && error.code !== 'session_ended') return first.response;
    throw error;
  }
  await first.response.body?.cancel();
  const renewed = await requireSession(wiring, session.key);
  return (await send(wiring, call, renewed.tokens.accessToken)).response;
}

interface Call {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: ArrayBuffer | undefined;
  readonly signal: AbortSignal;
}

async function readCall({ settings }: Wiring, request: Request): Promise<Call> {
  const url = secureUrl(request.url, settings.insecureLoopback);
  // RFC 6750 §5.3, RFC 9700 §4.9.1: a token goes only where it is meant to go.
  if (!url || !settings.apiOrigins.has(url.origin)) {
    throw refusal('origin_not_allowed', `${new URL(request.url).origin} is not among allowedOrigins`);
  }
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  // Read whole, because a second try sends it again.
  const body = request.body === null ? undefined : await request.arrayBuffer();
  return { url, method: request.method, headers, body, signal: request.signal };
}

async function currentTokens(wiring: Wiring, key: string): Promise<StoredSession> {
  const stored = await requireSession(wiring, key);
  const { accessTokenExpiresAt = Number.POSITIVE_INFINITY, refreshToken } = stored.tokens;
  if (refreshToken === undefined || wiring.now() < accessTokenExpiresAt - AHEAD) return stored;
  try {
    await refresh(wiring, { key, renewals: stored.renewals });
  } catch (error) {
    const outage = error instanceof ClientError && error.code === 'server_unavailable';
    // An outage does not matter as long as the token lives.
    if (outage && wiring.now() < accessTokenExpiresAt) return stored;
    throw error;
  }
  return requireSession(wiring, key);
}

interface Answer {
  readonly response: Response;
  readonly challenges: readonly WWWAuthenticateChallenge[];
}

function refusesToken({ response, challenges }: Answer): boolean {
  const invalid = (challenge: WWWAuthenticateChallenge) =>
    challenge.scheme === 'bearer' && challenge.parameters.error === 'invalid_token';
  return response.status === 401 && challenges.some(invalid);
}

async function send(wiring: Wiring, call: Call, accessToken: string): Promise<Answer> {
  const { url, method, headers, body, signal } = call;
  try {
    // RFC 6750 §2.1: in the Authorization header and nowhere else.
    const response = await protectedResourceRequest(accessToken, method, url, headers, body, {
      signal,
      [customFetch]: (target, init) => reach(wiring, outgoingRequest(target, init)),
      [allowInsecureRequests]: wiring.settings.insecureLoopback,
    });
    return { response, challenges: [] };
  } catch (error) {
    if (error instanceof WWWAuthenticateChallengeError)
      return { response: error.response, challenges: error.cause };
    throw error;
  }
}

async function reach(wiring: Wiring, request: Request): Promise<Response> {
  try {
    return await wiring.fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new ClientError('api_unavailable', { cause });
  }
}
