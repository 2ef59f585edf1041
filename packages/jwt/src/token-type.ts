import type { JwtHeader } from './compact.ts';
import type { JwtExpectation } from './expectation.ts';
import { JwtError } from './jwt-error.ts';

/** Throws `JwtError` of code `type`, unless the header says that the token is of the expected kind (RFC 8725 §3.11). */
export function checkType(
  { typ }: JwtHeader,
  { types, untyped }: Pick<JwtExpectation, 'types' | 'untyped'>,
): void {
  if (typ === undefined && untyped === 'allowed') return;
  if (typ === undefined || !types.some((type) => mediaType(type) === mediaType(typ))) {
    throw new JwtError('type', typ === undefined ? 'typ is missing' : 'typ is of another kind of token');
  }
}

/** RFC 7515 §4.1.9: without a slash, `application/` is implied. Letters of ASCII only have a case here. */
function mediaType(type: string): string {
  const lower = type.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return lower.includes('/') ? lower : `application/${lower}`;
}
