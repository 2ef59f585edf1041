import { accessTokenHash, checkClaims, type JsonObject, readCompact, verifyJwt } from '@valetkey/jwt';
import { expectationOf, refused } from './claims.ts';
import type { Issuer } from './issuer.ts';
import { invalidToken } from './refusal.ts';
import type { Settings } from './settings.ts';
import type { RememberedToken, Verified } from './verified.ts';

/** Verifies a JWT access token (RFC 9068 §4) in the order of RS-010 to RS-017, or knows it already. */
export async function verifyAccessToken(settings: Settings, token: string): Promise<Verified> {
  const { remember } = settings;
  if (remember === undefined) return verify(settings, token);
  const hash = await accessTokenHash(token);
  const known = remember.get(hash);
  if (known && (await isStillGood(settings, known))) return known;
  const verified = await verify(settings, token);
  remember.set(hash, { ...verified, keys: await verified.issuer.keys.current() });
  return verified;
}

/** While the keys were not read again; a key that was withdrawn counts no longer than without a memory. */
async function isStillGood(settings: Settings, { issuer, claims, keys }: RememberedToken): Promise<boolean> {
  if ((await issuer.keys.current()) !== keys) return false;
  try {
    checkClaims(claims, { leewaySeconds: settings.leeway, now: settings.now(), requires: ['exp'] });
    return true;
  } catch {
    return false;
  }
}

async function verify(settings: Settings, token: string): Promise<Verified> {
  try {
    const jwt = readCompact(token);
    const find = () => findIssuer(settings, jwt.claims);
    const claims = await verifyJwt(jwt, {
      types: ['at+jwt'],
      untyped: 'refused',
      algorithms: settings.algorithms,
      keys: (header) => find().keys.for(header),
      imported: settings.imported,
      requires: ['exp', 'sub', 'client_id', 'iat', 'jti'],
      ...expectationOf(settings, jwt.claims),
    });
    return { issuer: find(), claims };
  } catch (error) {
    throw refused(error);
  }
}

/** RFC 9068 §4: the issuer is one that was configured, and decides whose keys count. */
function findIssuer({ issuers }: Settings, { iss }: JsonObject): Issuer {
  const issuer = typeof iss === 'string' ? issuers.get(iss) : undefined;
  if (!issuer) throw invalidToken('RS-013', 'iss is not a configured issuer');
  return issuer;
}
