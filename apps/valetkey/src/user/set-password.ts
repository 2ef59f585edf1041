import { hashPassword } from '@valetkey/server';
import { withAuthority } from '../authority.ts';
import type { PasswordOptions } from '../commands/common-options.ts';
import { print, printJson } from '../terminal/print.ts';
import { readNewPassword } from '../terminal/read-password.ts';
import { findUser, unknownUser } from './find-user.ts';

/** `valetkey user set-password` */
export async function setPassword(
  name: string,
  options: PasswordOptions & { endGrants?: true },
): Promise<void> {
  const endGrants = options.endGrants === true;
  const user = await withAuthority(options.config, async (authority) => {
    const found = await findUser(authority, name);
    const password = await readNewPassword({ fromStdin: options.passwordStdin === true });
    const passwordHash = await hashPassword(password, authority.random(16));
    const outcome = await authority.store.users.setPassword({ id: found.id, passwordHash, endGrants });
    if (outcome === 'unknown') throw unknownUser(name);
    return found;
  });
  const { id, username } = user;
  if (options.json) return printJson({ id, username, sessionsEnded: true, grantsEnded: endGrants });
  print(`The password of ${username} is set, and ${username} is signed out everywhere.`);
  print(
    endGrants ? 'All apps are disconnected.' : 'Apps stay connected; --end-grants would disconnect them.',
  );
}
