import type { JwtExpectation } from './expectation.ts';
import { JwtError } from './jwt-error.ts';
import type { JsonObject } from './strict-json.ts';

/** Seconds that `iat` and `nbf` may lie ahead even where the leeway is smaller (FAPI 2.0 §5.3.2.1). */
const alwaysAhead = 10;

const usualLeeway = 30;
const mostLeeway = 60;

type TimeExpectation = Pick<
  JwtExpectation,
  'now' | 'leewaySeconds' | 'longestLife' | 'longestSpan' | 'oldest'
>;

/**
 * Checks `exp`, `nbf` and `iat` where they are there (RFC 7519 §4.1.4 to §4.1.6). Throws `JwtError` of code `time`, or a
 * `RangeError` for a leeway that is not 0 to 60 s.
 */
export function checkTimes(claims: JsonObject, expectation: TimeExpectation): void {
  const { now: milliseconds, leewaySeconds: leeway = usualLeeway } = expectation;
  if (!(leeway >= 0 && leeway <= mostLeeway)) throw new RangeError('leewaySeconds must be 0 to 60');
  const now = milliseconds / 1000;
  const { exp, nbf, iat } = { exp: time(claims, 'exp'), nbf: time(claims, 'nbf'), iat: time(claims, 'iat') };
  if (exp !== undefined) checkEnd(exp, { now, leeway, longestLife: expectation.longestLife });
  for (const [name, begin] of Object.entries({ nbf, iat })) {
    if (begin === undefined) continue;
    if (begin > now + Math.max(leeway, alwaysAhead)) throw failed(`${name} lies in the future`);
    if (begin < now - leeway - (expectation.oldest ?? Number.POSITIVE_INFINITY))
      throw failed(`${name} lies too far back`);
  }
  if (expectation.longestSpan !== undefined) checkSpan(exp, nbf, expectation.longestSpan);
}

/** RFC 7519 §2: a JSON number of seconds, with or without a fraction. */
function time(claims: JsonObject, name: string): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  // 1e999 is a JSON number, and read as Infinity.
  if (typeof value !== 'number' || !Number.isFinite(value)) throw failed(`${name} is not a number`);
  return value;
}

function checkEnd(
  exp: number,
  {
    now,
    leeway,
    longestLife = Number.POSITIVE_INFINITY,
  }: { now: number; leeway: number; longestLife: number | undefined },
): void {
  if (now >= exp + leeway) throw failed('the token has expired');
  if (exp > now + leeway + longestLife) throw failed('exp lies too far ahead');
}

function checkSpan(exp: number | undefined, nbf: number | undefined, longestSpan: number): void {
  if (exp === undefined || nbf === undefined) throw failed('exp or nbf is missing');
  if (exp - nbf > longestSpan) throw failed('exp lies too long after nbf');
}

function failed(detail: string): JwtError {
  return new JwtError('time', detail);
}
