import { OAuthError } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';
import { isDocumentUrl } from './document-url.ts';
import { isExpired } from './registered.ts';

/**
 * A client by its id: as the store has it, or as it describes itself at the URL that is its id. What the store says of such
 * an id wins, so that an operator can turn one away. `null`: there is none. Throws `invalid_client` when what is at the
 * URL cannot be used.
 */
export async function findClient(authority: Authority, clientId: string): Promise<Client | null> {
  const stored = await authority.store.clients.find(clientId);
  if (stored !== null) return isExpired(stored, authority.clock()) ? null : stored;
  if (!authority.config.features.clientIdDocuments || !isDocumentUrl(clientId)) return null;
  return authority.documents.find(clientId);
}

/** The same where nobody has to be told why: `null` also when what is at the URL cannot be used. */
export async function findUsableClient(authority: Authority, clientId: string): Promise<Client | null> {
  try {
    return await findClient(authority, clientId);
  } catch (error) {
    if (error instanceof OAuthError) return null;
    throw error;
  }
}
