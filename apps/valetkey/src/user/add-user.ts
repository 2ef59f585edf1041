import { type Authority, hashPassword, normalizeUsername, timeOrderedId, type User } from '@valetkey/server';
import { withAuthority } from '../authority.ts';
import type { PasswordOptions } from '../commands/common-options.ts';
import { print, printJson } from '../terminal/print.ts';
import { exitCodes, Problem } from '../terminal/problem.ts';
import { readNewPassword } from '../terminal/read-password.ts';
import { facts } from '../terminal/table.ts';
import { userJson } from './describe-user.ts';

/** `valetkey user add` */
export async function addUser(username: string, options: PasswordOptions & { name?: string }): Promise<void> {
  const name = options.name ?? username;
  const faults = [...userFaults(username, name)];
  if (faults.length > 0) throw refused(faults);
  const user = await withAuthority(options.config, async (authority) => {
    await refuseTaken(authority, username);
    const password = await readNewPassword({ fromStdin: options.passwordStdin === true });
    return storeUser(authority, { username, name, password });
  });
  if (options.json) return printJson(userJson(user));
  print('User added.\n');
  print(
    facts([
      ['username', user.username],
      ['name', user.name],
      ['id', user.id],
    ]),
  );
}

/** Adds a person to an authority's store. Throws `Problem` when the username is taken. */
export async function storeUser(
  authority: Authority,
  { username, name, password }: { username: string; name: string; password: string },
): Promise<User> {
  const now = authority.clock();
  const user = {
    id: timeOrderedId(now, authority.random),
    username: normalizeUsername(username),
    name: name.trim(),
    passwordHash: await hashPassword(password, authority.random(16)),
    createdAt: now,
    disabledAt: null,
    grantEpoch: now,
    sessionEpoch: 0,
  };
  if ((await authority.store.users.add(user)) === 'exists') throw taken(username);
  return user;
}

function* userFaults(username: string, name: string): Generator<string> {
  const normal = normalizeUsername(username);
  if (normal === '' || normal.length > 256) yield 'a username has 1 to 256 characters';
  if (name.trim() === '' || name.length > 100) yield '--name must have 1 to 100 characters';
  if (/\p{Cc}/u.test(username + name)) yield 'username or --name holds control characters';
}

/** Before the password is asked for. */
async function refuseTaken({ store }: Authority, username: string): Promise<void> {
  if ((await store.users.findByUsername(normalizeUsername(username))) !== null) throw taken(username);
}

function refused(faults: readonly string[]): Problem {
  return new Problem({
    exitCode: exitCodes.data,
    what: 'The user cannot be added so.',
    why: faults,
    fix: 'Correct what is named and try again.',
  });
}

function taken(username: string): Problem {
  return new Problem({
    exitCode: exitCodes.data,
    what: `There is a user ${normalizeUsername(username)} already.`,
    why: 'A username belongs to one person; upper and lower case make no difference.',
    fix: 'Choose another, or set the password of the one that is there: `valetkey user set-password`.',
  });
}
