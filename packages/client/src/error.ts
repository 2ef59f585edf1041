/**
 * Everything the library refuses or fails at, one row a case: the HTTP status an app may answer with, and a text
 * that is fit for the person in front of the browser (what happened, whose turn it is, what to do now).
 */
const CASES = {
  configuration_invalid: [500, 'This app is not set up correctly. Its operator has to repair the settings.'],
  metadata_invalid: [502, 'The sign-in service did not describe itself correctly. Its operator has to act.'],
  pkce_unsupported: [
    502,
    'The sign-in service lacks a protection this app insists on. Its operator has to act.',
  ],
  server_unavailable: [503, 'The sign-in service cannot be reached right now. Try again in a moment.'],
  transaction_unknown: [400, 'This sign-in was started elsewhere, is used up or is too old. Start again.'],
  issuer_mismatch: [400, 'The answer did not come from the sign-in service that was asked. Start again.'],
  response_invalid: [400, 'The answer of the sign-in service could not be understood. Start again.'],
  access_denied: [
    403,
    'Access was not allowed, so nothing was connected. Start again if that was not meant.',
  ],
  authorization_failed: [400, 'The sign-in service could not complete the request. Start again.'],
  grant_refused: [400, 'The sign-in took too long or was used already. Start again.'],
  client_refused: [500, 'The sign-in service does not accept this app. The operator of the app has to act.'],
  request_refused: [
    502,
    'The sign-in service refused the request of this app. The operator of the app has to act.',
  ],
  answer_invalid: [502, 'The sign-in service gave an answer this app cannot use. Try again later.'],
  session_ended: [401, 'The connection has ended. Connect again to go on.'],
  not_refreshable: [401, 'The connection cannot be prolonged without you. Connect again to go on.'],
  origin_not_allowed: [500, 'This app tried to reach a service it may not talk to. Its operator has to act.'],
  api_unavailable: [
    503,
    'The service that holds the data cannot be reached right now. Try again in a moment.',
  ],
  cross_site: [
    403,
    'The request came from another site and was not carried out. Use the button on the page.',
  ],
} as const satisfies Record<string, readonly [status: number, text: string]>;

/** The closed list of reasons for a `ClientError`. */
export type ClientErrorCode = keyof typeof CASES;

/** What the authorization server said: `error` and `error_description` of RFC 6749 §4.1.2.1 and §5.2, made harmless. */
export interface ServerError {
  readonly error: string;
  readonly description?: string;
}

/**
 * The one error of this library. `message` may be shown to the person, `status` is a fitting HTTP status, `server` is
 * what the authorization server said, and `cause` is for the log. None of them holds a token, a code or a secret.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly status: number;
  readonly server: ServerError | undefined;

  constructor(code: ClientErrorCode, facts: { cause?: unknown; server?: ServerError } = {}) {
    super(CASES[code][1], 'cause' in facts ? { cause: facts.cause } : undefined);
    this.code = code;
    this.status = CASES[code][0];
    this.server = facts.server;
  }
}

/** A `ClientError` whose reason for the log is one sentence. */
export function refusal(code: ClientErrorCode, reason: string): ClientError {
  return new ClientError(code, { cause: new Error(reason) });
}

/** A `ClientError` that passes on what the authorization server said. */
export function serverRefusal(code: ClientErrorCode, server: ServerError): ClientError {
  const words = [`the authorization server answered ${server.error}`, server.description];
  return new ClientError(code, { cause: new Error(words.filter(Boolean).join(': ')), server });
}

/** Takes over the words of a server: a strange `error` becomes `unknown_error`, and no long run of token characters survives. */
export function serverError(error: string, description: unknown): ServerError {
  const safe = /^[a-z_]{1,40}$/.test(error) ? error : 'unknown_error';
  if (typeof description !== 'string' || description === '') return { error: safe };
  // A description may echo what was sent: whatever is long and unbroken could be a token or a secret.
  const words = description.replace(/[^\x20-\x7e]/g, '?').replace(/[\w.~+/=%-]{20,}/g, '[...]');
  return { error: safe, description: words.slice(0, 200) };
}
