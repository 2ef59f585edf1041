import {
  type ClaimsExpectation,
  checkClaims,
  type JsonObject,
  JwtError,
  type JwtErrorCode,
} from '@valetkey/jwt';
import { invalidToken, type Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';

/** What the claims of an access token must say, be it a JWT or an introspection answer (RFC 9068 §4, RFC 7662 §4). */
export function expectationOf(
  { audience, leeway, now }: Settings,
  { aud }: JsonObject,
): Pick<ClaimsExpectation, 'audience' | 'leewaySeconds' | 'now'> {
  return {
    audience: { accepted: spellingsOf(audience, aud), form: 'member' },
    leewaySeconds: leeway,
    now: now(),
  };
}

/** The identifier, and those of the audiences that differ from it in the case of scheme and host only (MC-030). */
function spellingsOf(audience: string, aud: unknown): readonly string[] {
  if (aud === audience) return [audience];
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const own = withoutCase(audience);
  return audiences.filter((one): one is string => typeof one === 'string' && withoutCase(one) === own);
}

/** RFC 3986 §6.2.2.1 */
function withoutCase(identifier: string): string {
  return identifier.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, (origin) => origin.toLowerCase());
}

/** The claims of an introspection answer, as those of a JWT that was verified. */
export function checkAnswer(answer: JsonObject, settings: Settings, issuer: string): void {
  try {
    const { iss } = answer;
    checkClaims(answer, {
      ...expectationOf(settings, answer),
      requires: ['exp'],
      ...(iss === undefined ? {} : { issuer }),
    });
  } catch (error) {
    throw refused(error);
  }
}

/** What RFC 9068 §2.2 knows and other JWTs do not, and the scope (RFC 6749 §3.3). */
export function checkTypes({ client_id: clientId, scope, authorization_details: details }: JsonObject): void {
  if (clientId !== undefined && typeof clientId !== 'string') {
    throw invalidToken('RS-017', 'client_id is not a string');
  }
  if (scope !== undefined && typeof scope !== 'string') throw invalidToken('RS-017', 'scope is not a string');
  if (details !== undefined && !(Array.isArray(details) && details.every(isDetail))) {
    throw invalidToken('RS-017', 'authorization_details is not a list of objects with a type');
  }
}

/** RFC 9396 §2 */
function isDetail(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** A JWT, or claims, that did not pass; anything else is passed on. */
export function refused(error: unknown): Refusal | unknown {
  return error instanceof JwtError ? invalidToken(rows[error.code], error.detail) : error;
}

/** What each fault of a JWT is here. */
const rows: Readonly<Record<JwtErrorCode, string>> = {
  malformed: 'RS-010',
  type: 'RS-011',
  algorithm: 'RS-012',
  issuer: 'RS-013',
  key: 'RS-014',
  signature: 'RS-014',
  audience: 'RS-015',
  time: 'RS-016',
  claim: 'RS-017',
  nonce: 'RS-050',
};
