import { invalidToken } from './refusal.ts';
import type { JsonObject } from './strict-json.ts';

/** Seconds a token may come from the future even where `leeway` is smaller (FAPI 2.0 §5.3.2.1). */
const AHEAD = 10;

/** RFC 7519 §4.1.3: one of the audiences is this resource, as a string, character for character. */
export function checkAudience({ aud }: JsonObject, audience: string): void {
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!audiences.every((one) => typeof one === 'string') || !audiences.includes(audience)) {
    throw invalidToken('RS-015', 'aud does not hold this resource');
  }
}

/** RFC 7519 §4.1.4, §4.1.5; `now` and `leeway` in seconds. */
export function checkTimes(
  { exp, nbf, iat }: JsonObject,
  { now, leeway }: { now: number; leeway: number },
): void {
  if (!isTime(exp)) throw invalidToken('RS-016', 'exp is missing or not a number');
  if (now >= exp + leeway) throw invalidToken('RS-016', 'the token has expired');
  for (const [name, time] of Object.entries({ nbf, iat })) {
    if (time === undefined) continue;
    if (!isTime(time)) throw invalidToken('RS-016', `${name} is not a number`);
    if (time > now + Math.max(leeway, AHEAD)) throw invalidToken('RS-016', `${name} lies in the future`);
  }
}

/** RFC 9068 §2.2, §2.2.3 */
export function checkRequired(claims: JsonObject): void {
  for (const name of ['sub', 'client_id', 'jti']) {
    if (typeof claims[name] !== 'string' || claims[name] === '') {
      throw invalidToken('RS-017', `${name} is missing or not a string`);
    }
  }
  if (!isTime(claims.iat)) throw invalidToken('RS-017', 'iat is missing or not a number');
}

/** RFC 6749 §3.3: an optional string. */
export function checkScope({ scope }: JsonObject): void {
  if (scope !== undefined && typeof scope !== 'string') throw invalidToken('RS-017', 'scope is not a string');
}

/** RFC 7800 §3.1, RFC 9449 §7.2: a token bound to a key is not a bearer token, whatever the method of binding. */
export function checkConfirmation({ cnf }: JsonObject): void {
  if (cnf !== undefined)
    throw invalidToken('RS-018', 'the token is bound to a key whose possession was not proved');
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
