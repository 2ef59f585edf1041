import { fits } from './choose-keys.ts';
import { type CompactJwt, readCompact } from './compact.ts';
import { accessTokenHash, thumbprint } from './hashes.ts';
import { normalizeHtu } from './htu.ts';
import { JwtError } from './jwt-error.ts';
import { type Jwk, publicKeyFault } from './public-key.ts';
import { checkSignature } from './signature.ts';
import type { JsonObject } from './strict-json.ts';
import { checkTimes } from './times.ts';
import { checkType } from './token-type.ts';
import { checkAlgorithm } from './verify-jwt.ts';

/** The request a proof must belong to. */
export interface DpopExpectation {
  readonly method: string;
  /** The URL as clients know it: behind a proxy the public one. Query and fragment do not count. */
  readonly url: string;
  /** The same place under another name, if it has one (RFC 8705 §5). */
  readonly alias?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** JWS algorithms; those of secrets never pass. */
  readonly algorithms: readonly string[];
  /** Seconds that `iat` may lie back and ahead. */
  readonly window: { readonly back: number; readonly ahead: number };
  /** If given, the proof must name it (`ath`). */
  readonly accessToken?: string;
  /** If given, the thumbprint the key of the proof must have. */
  readonly jkt?: string;
  /** If given, says whether a nonce, or its absence, is good. */
  readonly nonce?: (nonce: string | undefined) => boolean;
}

/** What a good proof says. Whether its `jti` was seen before is for the caller to find out. */
export interface DpopProof {
  /** Thumbprint of the key. */
  readonly jkt: string;
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** Normalized. */
  readonly htu: string;
}

/**
 * Checks the value of a DPoP header (RFC 9449 §4.3), all but the replay. Throws `JwtError`; of code `nonce` only if all
 * else was good, so that the answer may tell a nonce.
 */
export async function checkDpopProof(proof: string, expectation: DpopExpectation): Promise<DpopProof> {
  const jwt = readCompact(proof);
  checkType(jwt.header, { types: ['dpop+jwt'], untyped: 'refused' });
  checkAlgorithm(jwt.header.alg, expectation.algorithms);
  const jkt = await checkKey(jwt, expectation.jkt);
  const { claims } = jwt;
  const htu = checkTarget(claims, expectation);
  const iat = checkAge(claims, expectation);
  await checkAccessToken(claims, expectation.accessToken);
  const { jti, nonce } = claims;
  if (typeof jti !== 'string' || jti === '') throw new JwtError('claim', 'jti is missing or not a string');
  checkNonce(nonce, expectation.nonce);
  return { jkt, jti, iat, htu };
}

/** RFC 9449 §4.3 (5, 6, 7): the one place where a token brings its own key. Gives its thumbprint. */
async function checkKey(jwt: CompactJwt, expected: string | undefined): Promise<string> {
  const { jwk, alg } = jwt.header as { jwk?: Jwk; alg: string };
  const fault = publicKeyFault(jwk ?? {});
  if (jwk === undefined || fault !== undefined) throw new JwtError('key', `jwk: ${fault}`);
  if (!fits(jwk, alg)) throw new JwtError('key', 'jwk is not a key of alg');
  await checkSignature({ ...jwt, header: { alg } }, { keys: [jwk] });
  const jkt = await thumbprint(jwk);
  if (expected !== undefined && jkt !== expected) throw new JwtError('key', 'jwk is not the expected key');
  return jkt;
}

/** RFC 9449 §4.3 (8, 9) */
function checkTarget({ htm, htu }: JsonObject, { method, url, alias }: DpopExpectation): string {
  if (htm !== method) throw new JwtError('claim', 'htm is not the method');
  const target = typeof htu === 'string' ? normalizeHtu(htu) : undefined;
  const targets = [url, alias ?? url].map(normalizeHtu);
  if (target === undefined || !targets.includes(target)) throw new JwtError('claim', 'htu is not the URL');
  return target;
}

/** RFC 9449 §4.3 (11), §11.1; `exp` and `nbf` are not asked for but not passed over either. */
function checkAge(claims: JsonObject, { now, window }: DpopExpectation): number {
  checkTimes(claims, { now });
  const { iat } = claims;
  if (typeof iat !== 'number') throw new JwtError('claim', 'iat is missing');
  if (iat < now / 1000 - window.back) throw new JwtError('time', 'iat lies too far back');
  if (iat > now / 1000 + window.ahead) throw new JwtError('time', 'iat lies in the future');
  return iat;
}

/** RFC 9449 §4.3 (12) */
async function checkAccessToken({ ath }: JsonObject, accessToken: string | undefined): Promise<void> {
  if (accessToken === undefined) return;
  if (ath !== (await accessTokenHash(accessToken))) {
    throw new JwtError('claim', 'ath is not the hash of the access token');
  }
}

/** RFC 9449 §4.3 (10) */
function checkNonce(nonce: unknown, isGood: DpopExpectation['nonce']): void {
  if (nonce !== undefined && typeof nonce !== 'string') throw new JwtError('claim', 'nonce is not a string');
  if (isGood !== undefined && !isGood(nonce)) {
    throw new JwtError(
      'nonce',
      nonce === undefined ? 'nonce is missing' : 'nonce is not one given out lately',
    );
  }
}
