import { base64url } from 'jose';

/** Whole groups of four, then two or three letters whose spare bits are zero: one spelling for each value. */
const canonical = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/;

/** The bytes of base64url without padding, blanks or stray bits (RFC 7515 §2); `undefined` for anything else. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  return canonical.test(text) ? base64url.decode(text) : undefined;
}
