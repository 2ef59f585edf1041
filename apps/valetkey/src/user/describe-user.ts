import type { User } from '@valetkey/server';
import { instant, isoInstant } from '../terminal/instant.ts';
import { facts } from '../terminal/table.ts';

/** A person for programs, without the hash of the password. */
export function userJson({ id, username, name, passwordHash, createdAt, disabledAt, profile }: User) {
  return {
    id,
    username,
    name,
    hasPassword: passwordHash !== null,
    createdAt: isoInstant(createdAt),
    disabledAt: isoInstant(disabledAt),
    ...(profile === undefined ? {} : { claims: profile }),
  };
}

/** A person for people. */
export function userFacts({
  id,
  username,
  name,
  passwordHash,
  createdAt,
  disabledAt,
  profile = {},
}: User): string {
  return facts([
    ['username', username],
    ['name', name],
    ['id', id],
    ['password', passwordHash === null ? 'none: cannot sign in' : 'set'],
    ['created', instant(createdAt)],
    ['standing', standingOf(disabledAt)],
    ['claims', Object.entries(profile).map(([claim, value]) => `${claim}=${written(value)}`)],
  ]);
}

/** Whether a person may sign in. */
export function standingOf(disabledAt: number | null): string {
  return disabledAt === null ? 'good' : `disabled ${instant(disabledAt)}`;
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
