import { createSecretKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import type { Target, TestClient } from '../targets/target.ts';
import type { TokenAnswer } from './flow.ts';

/** A key of a client. */
export interface ClientKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** As it is registered. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

export function newKey(alg: string, kid = `key-${randomUUID().slice(0, 8)}`): ClientKey {
  const { privateKey, publicKey } = pairFor(alg);
  return { alg, kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid } };
}

function pairFor(alg: string): { privateKey: KeyObject; publicKey: KeyObject } {
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (alg === 'EdDSA' || alg === 'Ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** A secret as a key of an HMAC. */
export function secretKey(alg: string, secret: string): Pick<ClientKey, 'alg' | 'privateKey'> {
  return { alg, privateKey: createSecretKey(Buffer.from(secret)) };
}

/** What an assertion may be like other than usual; `undefined` leaves a claim out. */
export interface AssertionWish {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A client assertion as a careful client makes it (RFC 7523 §3), with overrides. */
export function assertionOf(
  target: Target,
  { id, key }: { id: string; key: Pick<ClientKey, 'alg' | 'privateKey'> & { kid?: string } },
  { claims = {}, header = {} }: AssertionWish = {},
): Promise<string> {
  const now = Math.floor(target.now() / 1000);
  const usual = { iss: id, sub: id, aud: target.issuer, iat: now, exp: now + 60, jti: randomUUID() };
  const entries = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined);
  const kid = key.kid === undefined ? {} : { kid: key.kid };
  return new SignJWT(Object.fromEntries(entries) as JWTPayload)
    .setProtectedHeader({ alg: key.alg, ...kid, ...header })
    .sign(key.privateKey);
}

/** The parameters that carry an assertion. */
export function carried(assertion: string): Record<string, string> {
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}

/** A form, with headers of one's own. */
export async function post(
  target: Target,
  path: string,
  { fields, headers = {} }: { fields: Record<string, string>; headers?: Record<string, string> },
): Promise<TokenAnswer> {
  const request = new Request(`${target.issuer}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: `${new URLSearchParams(fields)}`,
  });
  const response = await target.fetch(request);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

/** Redeems a code with these proofs. */
export function redeemWith(
  target: Target,
  { code, verifier }: { code: string; verifier: string },
  proof: { fields: Record<string, string>; headers?: Record<string, string> },
): Promise<TokenAnswer> {
  const fields = { grant_type: 'authorization_code', code, code_verifier: verifier, ...proof.fields };
  return post(target, '/token', { ...proof, fields });
}

/** Whether a client is believed: revocation of nothing is a success for everyone who proves himself (RFC 7009 §2.2). */
export async function knock(
  target: Target,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const { status, body } = await post(target, '/revoke', {
    fields: { token: 'nothing', ...fields },
    headers,
  });
  return status === 200 ? 'in' : `${status} ${body.error}`;
}

/** Puts in a client with keys of its own. */
export async function addKeyClient(
  target: Target,
  keys: readonly ClientKey[],
  over: Partial<TestClient['record']> = {},
): Promise<TestClient> {
  return target.addClient({
    authenticationMethod: 'private_key_jwt',
    secrets: [],
    ...over,
    keys: { jwks: keys.map(({ jwk }) => jwk), ...over.keys },
  });
}
