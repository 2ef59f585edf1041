import { checkClaimTypes } from './claim-types.ts';
import { type CompactJwt, readCompact } from './compact.ts';
import type { ClaimsExpectation, JwtExpectation } from './expectation.ts';
import { JwtError } from './jwt-error.ts';
import { checkParties } from './parties.ts';
import { checkSignature } from './signature.ts';
import type { JsonObject } from './strict-json.ts';
import { checkTimes } from './times.ts';
import { checkType } from './token-type.ts';

/**
 * Verifies a JWT that somebody else signed (RFC 7515 §5.2, RFC 7519 §7.2) and gives its claims. Takes one that
 * `readCompact` has read as well. Throws `JwtError`, and what the key source throws.
 */
export async function verifyJwt(
  token: string | CompactJwt,
  expectation: JwtExpectation,
): Promise<JsonObject> {
  const jwt = typeof token === 'string' ? readCompact(token) : token;
  const { header, claims } = jwt;
  checkType(header, expectation);
  checkAlgorithm(header.alg, expectation.algorithms);
  await checkSignature(jwt, expectation.keys, expectation.imported);
  checkClaims(claims, expectation);
  return claims;
}

/**
 * Checks claims that came by a way that proves who made them, as an introspection answer does (RFC 7662 §2.2). Throws
 * `JwtError` of code `claim`, `issuer`, `audience` or `time`.
 */
export function checkClaims(claims: JsonObject, expectation: ClaimsExpectation): void {
  checkClaimTypes(claims, expectation.requires);
  checkParties(claims, expectation);
  checkTimes(claims, expectation);
}

/** RFC 8725 §3.1: the token only selects among what was fixed before it was looked at. */
export function checkAlgorithm(alg: string, algorithms: readonly string[]): void {
  if (!algorithms.includes(alg)) throw new JwtError('algorithm', 'alg is not allowed here');
}
