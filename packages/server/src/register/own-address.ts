import type { Client } from '../model.ts';

/**
 * An address that a client gives as its own, if that is more than its word: an operator put it in, or it shares its host with
 * a redirect URI or with the document of the client (RFC 7591 §5). `null`: it is not to be shown beside the client's name.
 */
export function ownAddress(client: Client, address: string | null | undefined): string | null {
  if (address === null || address === undefined) return null;
  if (client.origin === undefined) return address;
  const published = client.origin === 'document' ? [client.id] : [];
  const places = [...client.redirectUris.filter((uri) => /^https:/i.test(uri)), ...published];
  return places.some((place) => hostOf(place) === hostOf(address)) ? address : null;
}

function hostOf(url: string): string {
  return new URL(url).host.replace(/^www\./, '');
}
