import { createHmac } from 'node:crypto';
import { type ClientCredentials, OAuthError, shown } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { equalInConstantTime } from '../constant-time.ts';
import type { Client } from '../model.ts';

declare const authenticated: unique symbol;

/** A client that has proved itself by the method it registered. Only this file makes one. */
export type AuthenticatedClient = Client & { readonly [authenticated]: true };

/** Throws `invalid_client`, the same for an unknown client and for wrong credentials. */
export async function authenticate(
  authority: Authority,
  credentials: ClientCredentials,
): Promise<AuthenticatedClient> {
  const client = await authority.store.clients.find(credentials.clientId);
  const fault = credentialsFault(authority, client, credentials);
  if (client !== null && fault === undefined) return client as AuthenticatedClient;
  throw new OAuthError('invalid_client', 'Client authentication failed.', {
    field: credentials.method === 'none' ? 'client_id' : 'client_secret',
    expected:
      client === null ? 'a registered client' : `client ${client.id} by ${client.authenticationMethod}`,
    got: fault ?? shown(credentials.clientId),
    requirement: fault === undefined ? 'TK-020' : 'TK-029',
  });
}

/** The keyed hash that is kept of a client secret: secrets are 256 random bits, so it need not be slow. */
export function hashClientSecret(
  authority: Pick<Authority, 'rootKey'>,
  clientId: string,
  secret: string,
): string {
  return createHmac('sha256', authority.rootKey.secretHashKey)
    .update(`${clientId} ${secret}`)
    .digest('base64url');
}

function credentialsFault(
  authority: Authority,
  client: Client | null,
  credentials: ClientCredentials,
): string | undefined {
  if (client === null) return `unknown client ${shown(credentials.clientId)}`;
  if (client.disabledAt !== null) return 'the client is disabled';
  // No fallback: a method that was not registered proves nothing (OpenID Connect Core §9).
  if (credentials.method !== client.authenticationMethod) return `authentication by ${credentials.method}`;
  if (credentials.method === 'none') return undefined;
  return hasSecret(authority, client, credentials.clientSecret)
    ? undefined
    : 'a secret that is not one of the client';
}

/** Every secret is compared, whether or not an earlier one fits. */
function hasSecret(authority: Authority, client: Client, secret: string): boolean {
  const hash = hashClientSecret(authority, client.id, secret);
  const now = authority.clock();
  let fits = false;
  for (const known of client.secrets) {
    const same = equalInConstantTime(hash, known.hash);
    fits ||= same && (known.expiresAt === null || known.expiresAt > now);
  }
  return fits;
}
