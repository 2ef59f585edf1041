import type { AudienceRule, JwtExpectation } from './expectation.ts';
import { JwtError } from './jwt-error.ts';
import type { JsonObject } from './strict-json.ts';

/**
 * Checks who made the token, for whom, and about whom: `iss`, `aud`, `sub` (RFC 7519 §4.1.1 to §4.1.3), character for
 * character. Throws `JwtError` of code `issuer`, `audience` or `claim`.
 */
export function checkParties(
  { iss, aud, sub }: JsonObject,
  { issuer, audience, subject }: Pick<JwtExpectation, 'issuer' | 'audience' | 'subject'>,
): void {
  if (issuer !== undefined && iss !== issuer) throw new JwtError('issuer', 'iss is not the expected issuer');
  if (audience !== undefined) checkAudience(aud, audience);
  if (subject !== undefined && sub !== subject)
    throw new JwtError('claim', 'sub is not the expected subject');
}

function checkAudience(aud: unknown, rule: string | AudienceRule): void {
  const { accepted, form } =
    typeof rule === 'string' ? ({ accepted: [rule], form: 'member' } as const) : rule;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.every((one) => typeof one === 'string')) {
    throw new JwtError('audience', 'aud is not a string or an array of strings');
  }
  if (form === 'string' && Array.isArray(aud)) throw new JwtError('audience', 'aud is an array');
  if (form === 'alone' && audiences.length > 1) throw new JwtError('audience', 'aud has several values');
  if (!audiences.some((one) => accepted.includes(one))) {
    throw new JwtError('audience', 'aud is somebody else');
  }
}
