import { type JWTPayload, SignJWT } from 'jose';
import type { Target, TestClient } from '../targets/target.ts';
import type { AssertionWish, ClientKey } from './assertions.ts';
import { authorizeUrl } from './flow.ts';

/** The parameters of a plain request, not yet in an address; `undefined` leaves one out. */
export function requestOf(
  target: Target,
  client: TestClient,
  over: Record<string, string | undefined> = {},
): { parameters: Record<string, string>; verifier: string; state: string } {
  const { url, verifier, state } = authorizeUrl(target, client, over);
  return { parameters: Object.fromEntries(new URL(url).searchParams), verifier, state };
}

/** A signed request object as a careful client makes it (RFC 9101 §4), with overrides; `undefined` leaves a claim out. */
export function requestObject(
  target: Target,
  { id, key }: { id: string; key: Pick<ClientKey, 'alg' | 'privateKey'> & { kid?: string } },
  parameters: Readonly<Record<string, unknown>>,
  { claims = {}, header = {} }: AssertionWish = {},
): Promise<string> {
  const now = Math.floor(target.now() / 1000);
  const usual = { iss: id, aud: target.issuer, client_id: id, iat: now, nbf: now, exp: now + 300 };
  const entries = Object.entries({ ...usual, ...parameters, ...claims }).filter(
    ([, value]) => value !== undefined,
  );
  const kid = key.kid === undefined ? {} : { kid: key.kid };
  return new SignJWT(Object.fromEntries(entries) as JWTPayload)
    .setProtectedHeader({ typ: 'oauth-authz-req+jwt', alg: key.alg, ...kid, ...header })
    .sign(key.privateKey);
}
