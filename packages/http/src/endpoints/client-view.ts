import { type Client, ownAddress } from '@valetkey/server';

/** How an app is named on a page. An address stands beside its name only if it is its own. */
export function viewClient(client: Client): { readonly name: string; readonly homepage: string | null } {
  return { name: client.name, homepage: ownAddress(client, client.homepage) };
}
