import { decodeBase64url } from './base64url.ts';
import { JwtError } from './jwt-error.ts';
import { type JsonObject, parseJsonObject } from './strict-json.ts';

declare const read: unique symbol;

/** The header of a JWS (RFC 7515 §4.1). `kid` is whatever the sender wrote: compare it, and use it for nothing else. */
export interface JwtHeader extends JsonObject {
  readonly alg: string;
  readonly typ?: string;
  readonly kid?: string;
}

/** A JWT taken apart, nothing verified. Only `readCompact` makes one. */
export interface CompactJwt {
  readonly [read]: true;
  readonly token: string;
  readonly header: JwtHeader;
  readonly claims: JsonObject;
}

/** RFC 8725bis §3.13: characters, each of which is a byte. */
const usualLongest = 16 * 1024;

/**
 * Takes a JWT in compact form apart: three base64url parts, of which two are JSON objects (RFC 7515 §7.1, RFC 7519
 * §7.2). Refuses extensions (`crit`, `b64`) and `none`. `longest` in characters, 16 KiB unless given. Throws `JwtError`
 * of code `malformed`, `algorithm` or `type`.
 */
export function readCompact(
  token: string,
  { longest = usualLongest }: { longest?: number } = {},
): CompactJwt {
  if (token.length > longest) throw malformed('longer than allowed');
  const [header, payload, signature, ...more] = token.split('.', 4);
  if (!header || !payload || !signature || more.length > 0) throw malformed('not three parts');
  if (decodeBase64url(signature) === undefined) throw malformed('the signature is not base64url');
  return {
    token,
    header: readHeader(readPart(header, 'header')),
    claims: readPart(payload, 'payload'),
  } as CompactJwt;
}

function readPart(part: string, name: string): JsonObject {
  const bytes = decodeBase64url(part);
  if (bytes === undefined) throw malformed(`the ${name} is not base64url`);
  const value = parseBytes(bytes);
  if (value === undefined) throw malformed(`the ${name} is not a JSON object with unique member names`);
  return value;
}

/** A parser's message would quote the token, so there is only yes or no. */
function parseBytes(bytes: Uint8Array): JsonObject | undefined {
  try {
    return parseJsonObject(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function readHeader(header: JsonObject): JwtHeader {
  const { alg, typ, kid, crit, b64 } = header;
  // RFC 7515 §4.1.11: no extension is implemented, so none can be understood. RFC 7797 §6
  if (crit !== undefined) throw new JwtError('algorithm', 'crit demands an extension');
  if (b64 !== undefined && b64 !== true) {
    throw new JwtError('algorithm', 'b64 demands another form of payload');
  }
  if (typeof alg !== 'string') throw new JwtError('algorithm', 'alg is missing or not a string');
  // RFC 8725 §3.2
  if (alg.toLowerCase() === 'none') throw new JwtError('algorithm', 'the token is not signed');
  if (typ !== undefined && typeof typ !== 'string') throw new JwtError('type', 'typ is not a string');
  if (kid !== undefined && typeof kid !== 'string') throw malformed('kid is not a string');
  return header as JwtHeader;
}

function malformed(detail: string): JwtError {
  return new JwtError('malformed', detail);
}
