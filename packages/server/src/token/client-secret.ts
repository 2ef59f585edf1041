import { createHmac } from 'node:crypto';
import type { BasicCredentials, ClientCredentials } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { equalInConstantTime } from '../constant-time.ts';
import type { Client, ClientSecret } from '../model.ts';

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

/** Whether a client has shown a secret of its own, by Basic or in the body. */
export function provesSecret(
  authority: Authority,
  client: Client,
  credentials: Extract<ClientCredentials, { method: 'client_secret_basic' | 'client_secret_post' }>,
): boolean {
  if (credentials.method === 'client_secret_post')
    return hasSecret(authority, client, credentials.clientSecret);
  return provesBasic(authority, client, credentials);
}

/** One reading, chosen by what the client is known to send; the other one is never tried (RFC 6749 §2.3.1). */
function provesBasic(
  authority: Authority,
  client: Client,
  { decoded, unencoded }: BasicCredentials,
): boolean {
  const isUnencoded = client.compatibility?.unencodedBasic === true;
  const pair = isUnencoded ? unencoded : decoded;
  if (pair?.clientId !== client.id || !hasSecret(authority, client, pair.clientSecret)) return false;
  if (pair.clientSecret !== decoded?.clientSecret || pair.clientId !== decoded.clientId)
    authority.compatibility.note(client, 'unencodedBasic');
  return true;
}

/** The secrets of a client that have not expired. */
export function livingSecrets(authority: Authority, client: Client): readonly ClientSecret[] {
  const now = authority.clock();
  return client.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
}

/** Every secret is compared, whether or not an earlier one fits. */
function hasSecret(authority: Authority, client: Client, secret: string): boolean {
  const hash = hashClientSecret(authority, client.id, secret);
  const living = livingSecrets(authority, client);
  return living.filter((known) => equalInConstantTime(hash, known.hash)).length > 0;
}
