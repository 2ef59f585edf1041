import type { Authority } from './authority.ts';
import type { Client, Grant, User } from './model.ts';
import { findUsableClient } from './register/find-client.ts';
import { grantFault } from './standing.ts';

/** A grant with what it rests on, all of it standing now. */
export interface Living {
  readonly grant: Grant;
  readonly client: Client;
  readonly user: User;
}

/** The grant with its client and its person, if both and everything else it rests on still stand. */
export async function findLiving(authority: Authority, grantId: string): Promise<Living | undefined> {
  const grant = await authority.store.grants.find(grantId);
  if (grant === null) return undefined;
  const [client, standing] = await Promise.all([
    findUsableClient(authority, grant.clientId),
    authority.store.standing(grant),
  ]);
  const fault = grantFault(grant, { ...standing, client }, authority.clock());
  if (fault !== undefined || client === null || standing.user === null) return undefined;
  return { grant, client, user: standing.user };
}
