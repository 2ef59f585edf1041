import { type Authority, normalizeUsername, type User } from '@valetkey/server';
import { exitCodes, Problem } from '../terminal/problem.ts';

/** The person with this username, or else with this id. Throws `Problem` when there is none. */
export async function findUser({ store }: Authority, name: string): Promise<User> {
  const user = (await store.users.findByUsername(normalizeUsername(name))) ?? (await store.users.find(name));
  if (user === null) throw unknownUser(name);
  return user;
}

export function unknownUser(name: string): Problem {
  return new Problem({
    exitCode: exitCodes.unknown,
    what: `There is no user ${name}.`,
    why: 'Nobody in the database of this configuration has this username or id.',
    fix: '`valetkey user list` shows all of them.',
  });
}
