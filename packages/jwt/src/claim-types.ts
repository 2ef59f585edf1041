import { JwtError } from './jwt-error.ts';
import type { JsonObject } from './strict-json.ts';

/** RFC 7519 §4.1: claims that are strings wherever they are. */
const strings = ['iss', 'sub', 'jti'];

/** Throws `JwtError` of code `claim` for a claim that is missing, empty or null, or a string claim that is none. */
export function checkClaimTypes(claims: JsonObject, requires: readonly string[]): void {
  for (const name of strings) {
    if (claims[name] !== undefined && typeof claims[name] !== 'string') {
      throw new JwtError('claim', `${name} is not a string`);
    }
  }
  for (const name of requires) {
    if (!isThere(claims, name)) throw new JwtError('claim', `${name} is missing`);
  }
}

/** Own members only: every object inherits a `constructor`. */
function isThere(claims: JsonObject, name: string): boolean {
  if (!Object.hasOwn(claims, name)) return false;
  const value = claims[name];
  return value !== null && value !== '';
}
