import { concealed, OAuthError } from './error.ts';
import { decodeFormValue, encodeFormValue } from './parameters.ts';

/** An id with its secret. */
export interface BasicPair {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * What a Basic header holds. Which of the two readings counts is settled by the registration of the client alone, never
 * by trying one after the other.
 */
export interface BasicCredentials {
  readonly method: 'client_secret_basic';
  readonly clientId: string;
  /** By RFC 6749 §2.3.1: both halves are form-encoded. Absent: they cannot be. */
  readonly decoded?: BasicPair;
  /** As they stand, for clients known to leave the encoding out. */
  readonly unencoded: BasicPair;
}

/** Reads a header value; `named` is the `client_id` of the body, which has to be the same. */
export function readBasic(authorization: string, named: string | undefined): BasicCredentials {
  const unencoded = split(authorization);
  if (unencoded === undefined) throw malformed(authorization);
  const decoded = decode(unencoded);
  const ids = [decoded?.clientId, unencoded.clientId].filter((id) => id !== undefined);
  if (named !== undefined && !ids.includes(named)) throw otherClient();
  const clientId = named ?? ids[0] ?? unencoded.clientId;
  return {
    method: 'client_secret_basic',
    clientId,
    unencoded,
    ...(decoded === undefined ? {} : { decoded }),
  };
}

/** The value of an Authorization header: both halves are form-encoded before they are joined (RFC 6749 §2.3.1). */
export function writeBasic(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${encodeFormValue(clientId)}:${encodeFormValue(clientSecret)}`)}`;
}

/** RFC 7617 §2: at the first colon. */
function split(authorization: string): BasicPair | undefined {
  const [, base64 = ''] = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization) ?? [];
  const text = fromBase64(base64);
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 1 || colon === text.length - 1) return undefined;
  return { clientId: text.slice(0, colon), clientSecret: text.slice(colon + 1) };
}

/** Form-encoded text is ASCII. */
function decode({ clientId, clientSecret }: BasicPair): BasicPair | undefined {
  if (!/^[\x20-\x7e]*$/.test(clientId + clientSecret)) return undefined;
  const id = decodeFormValue(clientId);
  const secret = decodeFormValue(clientSecret);
  return id && secret ? { clientId: id, clientSecret: secret } : undefined;
}

/** UTF-8 text without control characters, or `undefined`. */
function fromBase64(base64: string): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.fromBase64(base64),
    );
    return /^\P{Cc}+$/u.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function otherClient(): OAuthError {
  return new OAuthError(
    'invalid_request',
    'The client_id differs from the one in the Authorization header.',
    {
      field: 'client_id',
      expected: 'the client of the Authorization header',
      got: 'another client_id in the body',
      requirement: 'TK-028',
    },
  );
}

function malformed(authorization: string): OAuthError {
  return new OAuthError('invalid_client', 'The Authorization header is malformed.', {
    field: 'Authorization',
    expected: 'Basic with form-encoded client id and secret (RFC 6749 section 2.3.1)',
    got: concealed(authorization),
    requirement: 'TK-023',
  });
}
