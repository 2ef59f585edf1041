import type { ServerMetadata } from './discovery.ts';
import { type ClientErrorCode, refusal, serverError, serverRefusal } from './error.ts';
import type { Transaction } from './transaction.ts';

/** The parameters of an authorization response (RFC 6749 §4.1.2), which comes in the query of a GET. */
export function readAnswer(request: Request): URLSearchParams {
  if (request.method !== 'GET') throw refusal('response_invalid', `the callback came by ${request.method}`);
  return new URL(request.url).searchParams;
}

export function readState(answer: URLSearchParams): string {
  const [state, ...more] = answer.getAll('state');
  if (!state || more.length > 0)
    throw refusal('transaction_unknown', 'the callback has no state, or several');
  return state;
}

/** RFC 9207 §2.4: simple string comparison, before any other parameter is believed; also where it was not announced. */
export function checkIssuer(answer: URLSearchParams, transaction: Transaction, server: ServerMetadata): void {
  const [iss, ...more] = answer.getAll('iss');
  if (iss === undefined && !server.authorization_response_iss_parameter_supported) return;
  if (iss !== transaction.issuer || more.length > 0) {
    throw refusal('issuer_mismatch', 'iss is missing, repeated or not the issuer of the transaction');
  }
}

/** RFC 6749 §3.1, §4.1.2: no parameter twice; a code or an error, not both. */
export function refuseAmbiguity(answer: URLSearchParams): void {
  if (new Set(answer.keys()).size !== answer.size)
    throw refusal('response_invalid', 'a parameter is repeated');
  if (!answer.get('code') === !answer.get('error')) {
    throw refusal('response_invalid', 'the answer has neither code nor error, or both');
  }
}

/** RFC 6749 §4.1.2.1 */
export function refuseError(answer: URLSearchParams): void {
  const error = answer.get('error');
  if (!error) return;
  const server = serverError(error, answer.get('error_description'));
  throw serverRefusal(meaning(server.error), server);
}

function meaning(error: string): ClientErrorCode {
  if (error === 'access_denied') return 'access_denied';
  const outage = error === 'server_error' || error === 'temporarily_unavailable';
  return outage ? 'server_unavailable' : 'authorization_failed';
}
