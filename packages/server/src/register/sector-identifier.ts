import { OAuthError, shown } from '@valetkey/protocol';
import type { Fetcher } from '../ports.ts';
import type { ClientMetadata } from './client-metadata.ts';

const accept = ['application/json', '+json'];
const longest = 65_536;

/**
 * The document at the sector identifier names every redirect URI (OpenID Connect Registration §5), so that nobody enters a
 * sector uninvited. Throws `invalid_client_metadata`.
 */
export async function requireSector(
  fetcher: Fetcher,
  { openid, redirectUris }: ClientMetadata,
): Promise<void> {
  const url = openid?.sectorIdentifierUri;
  if (url === undefined) return;
  const fetched = await fetcher.fetch({ url, accept, longest });
  if (fetched.outcome !== 'fetched') throw refused('cannot be read', fetched.why);
  const listed = readList(fetched.body);
  const missing = redirectUris.find((uri) => !listed.has(uri));
  if (missing !== undefined) throw refused('does not name every redirect URI', `no ${shown(missing)}`);
}

function readList(body: string): ReadonlySet<unknown> {
  try {
    const list: unknown = JSON.parse(body);
    if (Array.isArray(list)) return new Set(list);
  } catch {
    // Told below.
  }
  throw refused('is not a JSON array of redirect URIs', `${body.length} characters`);
}

function refused(text: string, got: string): OAuthError {
  return new OAuthError('invalid_client_metadata', `What is at sector_identifier_uri ${text}.`, {
    field: 'sector_identifier_uri',
    expected: 'a JSON array with all redirect URIs',
    got,
    requirement: 'MD-040',
  });
}
