import { type CryptoKey, compactVerify, errors } from 'jose';
import { type Access, accessOf } from './access.ts';
import { checkAudience, checkConfirmation, checkRequired, checkScope, checkTimes } from './claims.ts';
import { readCompact } from './compact.ts';
import type { KeyQuestion } from './key-set.ts';
import { invalidToken } from './refusal.ts';
import type { Settings } from './settings.ts';
import type { JsonObject } from './strict-json.ts';

/** Verifies a JWT access token (RFC 9068 §4) in the order of RS-010 to RS-018. */
export async function verifyJwt(settings: Settings, token: string): Promise<Access> {
  const { header, claims } = readCompact(token);
  checkType(header);
  const question = readHeader(settings, header);
  const issuer = findIssuer(settings, claims);
  await checkSignature(token, question, await issuer.keys(question));
  checkAudience(claims, settings.audience);
  checkTimes(claims, { now: settings.now() / 1000, leeway: settings.leeway });
  checkRequired(claims);
  checkScope(claims);
  checkConfirmation(claims);
  return accessOf(issuer.name, claims);
}

/** RFC 9068 §4, RFC 7515 §4.1.9: `at+jwt`, without case, with or without `application/`. */
function checkType({ typ }: JsonObject): void {
  if (typeof typ !== 'string' || !/^(application\/)?at\+jwt$/i.test(typ)) {
    throw invalidToken('RS-011', 'typ is not at+jwt');
  }
}

function readHeader({ algorithms }: Settings, { alg, kid, crit, b64 }: JsonObject): KeyQuestion {
  // RFC 8725 §3.1: the token only selects among what was fixed before it was looked at.
  if (typeof alg !== 'string' || !algorithms.includes(alg))
    throw invalidToken('RS-012', 'alg is not allowed here');
  // RFC 7515 §4.1.11: no extension is implemented, so none can be understood. RFC 7797 §6
  if (crit !== undefined || b64 !== undefined)
    throw invalidToken('RS-012', 'the header demands an extension');
  if (kid !== undefined && typeof kid !== 'string') throw invalidToken('RS-012', 'kid is not a string');
  return { alg, ...(kid === undefined ? {} : { kid }) };
}

/** RFC 9068 §4: the issuer is one that was configured, and decides whose keys count. */
function findIssuer({ issuers }: Settings, { iss }: JsonObject) {
  const issuer = typeof iss === 'string' ? issuers.get(iss) : undefined;
  if (!issuer) throw invalidToken('RS-013', 'iss is not a configured issuer');
  return issuer;
}

async function checkSignature(
  token: string,
  question: KeyQuestion,
  keys: readonly CryptoKey[],
): Promise<void> {
  if (keys.length === 0) throw invalidToken('RS-014', 'no key of the issuer fits the header');
  for (const key of keys) if (await isSignedBy(token, question, key)) return;
  throw invalidToken('RS-014', 'the signature does not verify');
}

async function isSignedBy(token: string, { alg }: KeyQuestion, key: CryptoKey): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [alg] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
