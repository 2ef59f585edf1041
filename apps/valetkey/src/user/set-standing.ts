import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { isoInstant } from '../terminal/instant.ts';
import { print, printJson } from '../terminal/print.ts';
import { findUser, unknownUser } from './find-user.ts';

/** `valetkey user disable` and `valetkey user enable`: what is so already stays as it is. */
export async function setStanding(
  name: string,
  { config, json, verb }: CommonOptions & { readonly verb: 'disable' | 'enable' },
): Promise<void> {
  const { id, username, disabledAt } = await withAuthority(config, async (authority) => {
    const user = await findUser(authority, name);
    if ((user.disabledAt !== null) === (verb === 'disable')) return user;
    const change = { id: user.id, disabledAt: verb === 'disable' ? authority.clock() : null };
    if ((await authority.store.users.setDisabled(change)) === 'unknown') throw unknownUser(name);
    return { ...user, ...change };
  });
  if (json) return printJson({ id, username, disabledAt: isoInstant(disabledAt) });
  print(
    disabledAt === null
      ? `${username} may sign in again. Apps have to be connected anew.`
      : `${username} is disabled and signed out everywhere, and all apps are disconnected.`,
  );
}
