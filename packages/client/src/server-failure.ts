import {
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { type ClientError, type ClientErrorCode, refusal, serverError, serverRefusal } from './error.ts';

/** RFC 6749 §5.2 codes that call for something else than `request_refused`. */
const MEANING = new Map<string, ClientErrorCode>([
  ['invalid_grant', 'grant_refused'],
  ['invalid_client', 'client_refused'],
  ['unauthorized_client', 'client_refused'],
  ['temporarily_unavailable', 'server_unavailable'],
  ['server_error', 'server_unavailable'],
]);

/**
 * Runs a request to the token or revocation endpoint; what the server refuses becomes a `ClientError`. The causes of
 * oauth4webapi hold whole answers, tokens included, so only their messages are taken over.
 */
export async function askServer<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw await failureOf(error);
  }
}

async function failureOf(error: unknown): Promise<unknown> {
  if (error instanceof ResponseBodyError) return refusedBy(error.error, error.error_description);
  if (error instanceof WWWAuthenticateChallengeError) return challengedBy(error);
  if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError) {
    return refusal('answer_invalid', error.message);
  }
  return error;
}

function refusedBy(error: string, description: unknown): ClientError {
  const server = serverError(error, description);
  return serverRefusal(MEANING.get(server.error) ?? 'request_refused', server);
}

/** RFC 6749 §5.2: an `invalid_client` comes with 401 and a challenge; the error is in the body all the same. */
async function challengedBy({ response, status }: WWWAuthenticateChallengeError): Promise<ClientError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string') {
    return refusedBy(body.error, 'error_description' in body ? body.error_description : undefined);
  }
  return refusal('client_refused', `the server answered ${status} with a challenge`);
}
