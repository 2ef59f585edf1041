import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Target } from '../targets/target.ts';
import type { AssertionWish, ClientKey } from './assertions.ts';

/** The request a proof is made for. */
export interface ProofTarget {
  readonly path: string;
  /** POST unless said. */
  readonly method?: string;
  readonly accessToken?: unknown;
  readonly nonce?: string | null;
}

/** The value of a DPoP header as a careful client makes it (RFC 9449 §4.2), with overrides; `undefined` leaves one out. */
export function dpopProof(
  target: Target,
  key: ClientKey,
  { path, method = 'POST', accessToken, nonce }: ProofTarget,
  { claims = {}, header = {} }: AssertionWish = {},
): Promise<string> {
  const usual = {
    jti: randomUUID(),
    htm: method,
    htu: target.issuer + path,
    iat: Math.floor(target.now() / 1000),
    ...(typeof nonce === 'string' ? { nonce } : {}),
    ...(accessToken === undefined ? {} : { ath: hashOf(String(accessToken)) }),
  };
  const entries = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined);
  return new SignJWT(Object.fromEntries(entries) as JWTPayload)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: key.alg, jwk: bare(key), ...header })
    .sign(key.privateKey);
}

/** The thumbprint that tokens bound to the key name (RFC 7638). */
export function thumbprintOf(key: ClientKey): Promise<string> {
  return calculateJwkThumbprint(bare(key));
}

function bare({ jwk }: ClientKey): JWK {
  const { kid: _, ...rest } = jwk;
  return rest as JWK;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
