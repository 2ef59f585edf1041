import type { User } from '@valetkey/server';
import { isoInstant } from '../terminal/instant.ts';

/** A person for programs, without the hash of the password. */
export function userJson({ id, username, name, passwordHash, createdAt, disabledAt }: User) {
  return {
    id,
    username,
    name,
    hasPassword: passwordHash !== null,
    createdAt: isoInstant(createdAt),
    disabledAt: isoInstant(disabledAt),
  };
}
