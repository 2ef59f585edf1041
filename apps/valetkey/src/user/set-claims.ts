import type { User } from '@valetkey/server';
import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { readJsonObject } from '../terminal/json-file.ts';
import { print, printJson } from '../terminal/print.ts';
import { exitCodes, Problem } from '../terminal/problem.ts';
import { type ClaimChanges, changedProfile, claimFaults, readTypedClaim } from './claims.ts';
import { userFacts, userJson } from './describe-user.ts';
import { findUser, unknownUser } from './find-user.ts';

/** `valetkey user set-claims` */
export async function setClaims(
  name: string,
  typed: readonly string[],
  { config, json, jsonFile }: CommonOptions & { readonly jsonFile?: string },
): Promise<void> {
  const changes = changesOf(typed, jsonFile);
  const user = await withAuthority(config, async (authority): Promise<User> => {
    const found = await findUser(authority, name);
    const change = {
      id: found.id,
      name: typeof changes.name === 'string' ? changes.name.trim() : found.name,
      profile: changedProfile(found.profile, changes, authority.clock()),
    };
    if ((await authority.store.users.setProfile(change)) === 'unknown') throw unknownUser(name);
    return { ...found, ...change };
  });
  if (json) return printJson(userJson(user));
  print(`Apps that may see them are told these claims of ${user.username} from now on.\n`);
  print(userFacts(user));
}

/** What was typed goes before what the file says. Throws `Problem`. */
function changesOf(typed: readonly string[], file: string | undefined): ClaimChanges {
  const faults: string[] = [];
  const changes: Record<string, unknown> =
    file === undefined ? {} : { ...readJsonObject(file, 'claims in JSON') };
  for (const text of typed) {
    const claim = readTypedClaim(text);
    if (claim === undefined) faults.push(`${text} is not written as a claim: name=value`);
    else changes[claim[0]] = claim[1];
  }
  faults.push(...claimFaults(changes));
  if (faults.length === 0 && Object.keys(changes).length === 0)
    faults.push('it names no claim: write name=value, or give a file by --json-file');
  if (faults.length === 0) return changes;
  throw new Problem({
    exitCode: exitCodes.data,
    what: 'The claims cannot be set so.',
    why: faults,
    fix: 'Correct what is named and try again; `valetkey user set-claims --help` shows how claims are written.',
  });
}
