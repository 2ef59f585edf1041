import { sign, verify } from 'node:crypto';
import { writeAudience, writeScope } from '@valetkey/protocol';
import { findResource } from '../audience.ts';
import { type Authority, openSealed, ringWith, sealNow } from '../authority.ts';
import { purposes } from '../keys/purposes.ts';
import type { Client, Grant } from '../model.ts';

/** What an access token says, in either format. Instants in seconds. */
export interface AccessToken {
  readonly grantId: string;
  readonly accessEpoch: number;
  readonly jti: string;
  readonly clientId: string;
  readonly sub: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly iat: number;
  readonly exp: number;
}

const longestToken = 16_384;

/** A new access token of a grant, for `scopes` of it (RFC 9068 §2, or sealed). `expiresIn` in seconds. */
export async function issueAccessToken(
  authority: Authority,
  grant: Grant,
  to: { client: Client; scopes: readonly string[] },
): Promise<{ value: string; expiresIn: number }> {
  const now = authority.clock();
  const iat = Math.floor(now / 1000);
  const exp = Math.min(iat + authority.config.lifetimes.accessToken, Math.floor(grant.endsAt / 1000));
  const token: AccessToken = {
    grantId: grant.id,
    accessEpoch: grant.accessEpoch,
    jti: `${grant.id}.${grant.accessEpoch}.${Buffer.from(authority.random(16)).toString('base64url')}`,
    clientId: grant.clientId,
    sub: grant.userId,
    scopes: to.scopes,
    audience: grant.resources,
    iat,
    exp,
  };
  const format =
    to.client.accessTokenFormat ?? findResource(authority.config, grant.resources[0])?.accessTokenFormat;
  const value =
    format === 'opaque'
      ? await sealNow(authority, 'accessToken', token)
      : await signToken(authority, token, now);
  return { value, expiresIn: exp - iat };
}

/** The content of an access token of this authority, in either format, or `undefined`. Liveness is not judged. */
export function openAccessToken(authority: Authority, value: string): Promise<AccessToken | undefined> {
  if (value.length > longestToken) return Promise.resolve(undefined);
  if (value.startsWith(purposes.accessToken)) {
    return openSealed(authority, 'accessToken', value) as Promise<AccessToken | undefined>;
  }
  return verifyToken(authority, value);
}

/** RFC 9068 §2.1, §2.2. Synchronous signing costs less processor time than WebCrypto here. */
async function signToken(authority: Authority, token: AccessToken, now: number): Promise<string> {
  const key = (await authority.keys.ring(now)).signer(now);
  const header = base64url({ typ: 'at+jwt', alg: key.algorithm, kid: key.id });
  const payload = base64url({
    iss: authority.config.issuer,
    sub: token.sub,
    aud: writeAudience(token.audience),
    client_id: token.clientId,
    scope: writeScope(token.scopes),
    iat: token.iat,
    exp: token.exp,
    jti: token.jti,
  });
  // RFC 7518 §3.4: R and S, not DER.
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${header}.${payload}.${signature.toString('base64url')}`;
}

const compact = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/;

/** Only tokens that `signToken` made can pass: the header is compared with the one it writes for that key. */
async function verifyToken(authority: Authority, value: string): Promise<AccessToken | undefined> {
  const [, header, payload, signature] = compact.exec(value) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  const { kid } = parse(header) ?? {};
  if (typeof kid !== 'string') return undefined;
  const key = (await ringWith(authority, (ring) => ring.verifier(kid) !== undefined)).verifier(kid);
  if (key === undefined || header !== base64url({ typ: 'at+jwt', alg: key.algorithm, kid: key.id }))
    return undefined;
  const signed = Buffer.from(`${header}.${payload}`);
  const publicKey = { key: key.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  const rAndS = Buffer.from(signature, 'base64url');
  // One spelling only: decoding passes over the four spare bits of the last letter.
  if (rAndS.toString('base64url') !== signature) return undefined;
  if (!verify('sha256', signed, publicKey, rAndS)) return undefined;
  const claims = parse(payload);
  return claims?.iss === authority.config.issuer ? fromClaims(claims) : undefined;
}

function fromClaims(claims: Record<string, unknown>): AccessToken {
  const jti = String(claims.jti);
  const [grantId = '', accessEpoch = ''] = jti.split('.');
  const scope = String(claims.scope);
  return {
    grantId,
    accessEpoch: Number(accessEpoch),
    jti,
    clientId: String(claims.client_id),
    sub: String(claims.sub),
    scopes: scope === '' ? [] : scope.split(' '),
    audience: [claims.aud].flat().map(String),
    iat: Number(claims.iat),
    exp: Number(claims.exp),
  };
}

function base64url(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
