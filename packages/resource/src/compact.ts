import { base64url } from 'jose';
import { invalidToken } from './refusal.ts';
import { type JsonObject, parseJsonObject } from './strict-json.ts';

export interface CompactJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** Takes a JWT in compact form apart, nothing verified: three base64url parts, two JSON objects. RFC 7515 §7.1, RFC 7519 §7.2 */
export function readCompact(token: string): CompactJwt {
  const parts = token.split('.');
  const [header, claims, signature] = parts;
  if (
    parts.length !== 3 ||
    !parts.every((part) => /^[\w-]+$/.test(part)) ||
    !header ||
    !claims ||
    !signature
  ) {
    throw invalidToken('RS-010', 'the token is not a JWT in compact form');
  }
  return { header: readPart(header, 'header'), claims: readPart(claims, 'payload') };
}

function readPart(part: string, name: string): JsonObject {
  const value = parsePart(part);
  // TN-006, TN-007
  if (!value)
    throw invalidToken('RS-010', `the ${name} is not base64url of a JSON object with unique member names`);
  return value;
}

/** A parser's message would quote the token, so there is only yes or no. */
function parsePart(part: string): JsonObject | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(base64url.decode(part));
    return parseJsonObject(text);
  } catch {
    return undefined;
  }
}
