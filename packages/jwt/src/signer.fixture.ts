import { base64url, CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { JwtExpectation } from './index.ts';

/** Somebody who makes JWTs. */
export interface Signer {
  readonly jwk: JWK;
  /** Signs claims, or a payload as it stands, under a header that may be changed; `undefined` removes a member. */
  sign(payload: object | string, header?: Record<string, unknown>): Promise<string>;
}

/** Seconds since the epoch at which the tests happen. */
export const NOW = 1_793_000_000;

export async function signer(alg = 'ES256', kid = 'key-1'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return {
    jwk,
    sign: (payload, header = {}) => signWith(privateKey, payload, { typ: 'at+jwt', alg, kid, ...header }),
  };
}

/** Signs with whatever key, also a secret. */
export function signWith(
  key: Parameters<CompactSign['sign']>[0],
  payload: object | string,
  header: Record<string, unknown>,
): Promise<string> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const jwt = new CompactSign(new TextEncoder().encode(text));
  return jwt.setProtectedHeader({ alg: 'ES256', ...header }).sign(key);
}

/** Good claims, unless changed; `undefined` removes one. */
export function claims(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iss: 'https://as.example',
    aud: 'https://api.example',
    sub: 'ada',
    exp: NOW + 300,
    iat: NOW,
    jti: 'token-1',
    ...change,
  };
}

/** What those claims, signed by that signer, are. */
export function expectation({ jwk }: Signer, change: Partial<JwtExpectation> = {}): JwtExpectation {
  return {
    types: ['at+jwt'],
    untyped: 'refused',
    algorithms: [String(jwk.alg)],
    keys: { keys: [jwk] },
    requires: ['iss', 'exp', 'iat', 'jti', 'sub'],
    issuer: 'https://as.example',
    audience: 'https://api.example',
    now: NOW * 1000,
    ...change,
  };
}

/** A part of a JWT: base64url of a text, or of a value as JSON. */
export function part(value: unknown): string {
  return base64url.encode(typeof value === 'string' ? value : JSON.stringify(value));
}

/** How a promise failed, or `taken`: the code of a `JwtError`, or the name of any other error. */
export async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'taken';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'code' in error ? String(error.code) : error.name;
  }
}
