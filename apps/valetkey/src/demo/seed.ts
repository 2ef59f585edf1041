import { type Authority, type Client, secretRecord } from '@valetkey/server';
import { storeUser } from '../user/add-user.ts';
import type { DemoAddresses } from './addresses.ts';
import { demoPerson } from './person.ts';

interface Wanted {
  readonly addresses: DemoAddresses;
  /** The print shop's secret. */
  readonly secret: string;
}

/** Puts the person and the print shop into the store where they are not there yet, and gives the shop's credentials. */
export async function seed(authority: Authority, wanted: Wanted): Promise<{ id: string; secret: string }> {
  const { users, clients } = authority.store;
  if ((await users.findByUsername(demoPerson.username)) === null) await storeUser(authority, demoPerson);
  const shop = printShop(authority, wanted);
  const known = await clients.find(shop.id);
  if (known === null) await clients.add(shop);
  else if (!isSame(known, shop)) await clients.replace({ ...known, ...changeable(shop) });
  return { id: shop.id, secret: wanted.secret };
}

function printShop(authority: Authority, { addresses, secret }: Wanted): Client {
  const id = 'print-shop';
  const method = 'client_secret_basic';
  const now = authority.clock();
  return {
    id,
    name: 'Print Shop',
    homepage: addresses.print,
    applicationType: 'web',
    authenticationMethod: method,
    secrets: [secretRecord(authority, id, { value: secret, method })],
    redirectUris: [`${addresses.print}/callback`],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['photos:read'],
    defaultScopes: [],
    accessTokenFormat: null,
    rotateRefreshTokens: null,
    serves: [],
    consent: 'ask',
    allowedOrigins: [],
    createdAt: now,
    disabledAt: null,
    grantEpoch: now,
    version: 1,
  };
}

/** What another port or a lost secret changes. */
function changeable({
  homepage,
  redirectUris,
  secrets,
}: Client): Pick<Client, 'homepage' | 'redirectUris' | 'secrets'> {
  return { homepage, redirectUris, secrets };
}

function isSame(known: Client, wanted: Client): boolean {
  const knows = (hash: string | undefined) => known.secrets.some((secret) => secret.hash === hash);
  return known.redirectUris[0] === wanted.redirectUris[0] && knows(wanted.secrets[0]?.hash);
}
