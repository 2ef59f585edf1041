import { invalidToken, Refusal } from './refusal.ts';

/** How a token comes: as it is (RFC 6750 §2.1), or with a proof beside it (RFC 9449 §7.1). */
export type Scheme = 'Bearer' | 'DPoP';

export interface Credentials {
  readonly scheme: Scheme;
  readonly token: string;
}

/** RFC 8725bis §3.13: bounded before anything is parsed. In characters, each of which is a byte. */
const LONGEST = 16 * 1024;

/**
 * The token of the `Authorization` header. Tokens in the query (RFC 9700 §4.3.2) and in the body are not looked for: they
 * are as if they were not there, as is the scheme DPoP where it is not offered.
 */
export function readCredentials(request: Request, { dpop }: { readonly dpop: unknown }): Credentials {
  const header = request.headers.get('authorization');
  if (header === null) throw new Refusal('no_token', 'RS-030', { message: 'no Authorization header' });
  // Two headers arrive as one list: `Bearer a, Bearer b`. RFC 6750 §3.1: more than one way of sending a token.
  if (/,\s*[!#$%&'*+.^_`|~\w-]+\s+[^\s=]/.test(header)) {
    throw new Refusal('invalid_request', 'RS-004', { message: 'two Authorization headers' });
  }
  const scheme = schemeOf(header);
  if (scheme === undefined || (scheme === 'DPoP' && dpop === undefined)) {
    throw new Refusal('no_token', 'RS-030', { message: 'the Authorization header has another scheme' });
  }
  return { scheme, token: readToken68(header.slice(scheme.length)) };
}

/** RFC 9110 §11.1: the scheme is compared without case. */
export function schemeOf(authorization: string | null): Scheme | undefined {
  const scheme = /^(?:(bearer)|(dpop))(?=[ \t,]|$)/i.exec(authorization ?? '');
  if (!scheme) return undefined;
  return scheme[1] === undefined ? 'DPoP' : 'Bearer';
}

function readToken68(rest: string): string {
  if (rest.length > LONGEST) throw invalidToken('TN-018', 'the token is longer than 16 KiB');
  const token = /^ +([\w\-.~+/]+=*)$/.exec(rest)?.[1];
  if (token === undefined) throw invalidToken('RS-005', 'what follows the scheme is not a token68');
  return token;
}
