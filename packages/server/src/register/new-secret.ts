import type { Authority } from '../authority.ts';
import type { ClientAuthenticationMethod, ClientSecret } from '../model.ts';
import { hashClientSecret } from '../token/client-secret.ts';

/** So that scanners find a secret that was leaked. */
const prefix = 'vksecret_';

/** A secret for a client, with what is kept of it. */
export function newSecret(
  authority: Authority,
  clientId: string,
  method: ClientAuthenticationMethod,
): { value: string; record: ClientSecret } {
  // As long as the longest hash that may be keyed by it (RFC 7518 §3.2).
  const value = newSecretValue(authority.random, method === 'client_secret_jwt' ? 64 : 32);
  return { value, record: secretRecord(authority, clientId, { value, method }) };
}

/** 256 random bits, or as many bytes as are asked for. */
export function newSecretValue(random: Authority['random'], bytes = 32): string {
  return prefix + Buffer.from(random(bytes)).toString('base64url');
}

/** What is kept of a secret: its hash, and for `client_secret_jwt` its value too, wrapped. */
export function secretRecord(
  authority: Authority,
  clientId: string,
  { value, method }: { value: string; method: ClientAuthenticationMethod },
): ClientSecret {
  const { random, rootKey } = authority;
  const id = Buffer.from(random(8)).toString('hex');
  const record: ClientSecret = {
    id,
    hash: hashClientSecret(authority, clientId, value),
    createdAt: authority.clock(),
    expiresAt: null,
  };
  if (method !== 'client_secret_jwt') return record;
  return { ...record, wrapped: rootKey.wrap(id, Buffer.from(value), random(12)) };
}
