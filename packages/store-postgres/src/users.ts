import { normalizeUsername, type User, type UserStore } from '@valetkey/server';
import type { Database } from './database.ts';

export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly password_hash: string | null;
  readonly created_at: number;
  readonly disabled_at: number | null;
  readonly grant_epoch: number;
  readonly session_epoch: number;
  readonly profile: string | null;
}

const columns = `id, username, name, password_hash, created_at, disabled_at, grant_epoch, session_epoch,
  profile`;

export function usersIn(database: Database): UserStore {
  return {
    find: find(database),
    findByUsername: findByUsername(database),
    list: list(database),
    add: add(database),
    setPassword: setPassword(database),
    setProfile: setProfile(database),
    endSessions: endSessions(database),
    setDisabled: setDisabled(database),
  };
}

function find(database: Database): UserStore['find'] {
  const select = database.read<UserRow>(`SELECT ${columns} FROM users WHERE id = $1`);
  return async (id) => {
    const row = await select.get(id);
    return row ? userOf(row, row) : null;
  };
}

function findByUsername(database: Database): UserStore['findByUsername'] {
  const select = database.read<UserRow>(`SELECT ${columns} FROM users WHERE username_key = $1`);
  return async (username) => {
    const row = await select.get(username);
    return row ? userOf(row, row) : null;
  };
}

function list(database: Database): UserStore['list'] {
  const select = database.read<UserRow>(`SELECT ${columns} FROM users ORDER BY username_key`);
  return async () => (await select.all()).map((row) => userOf(row, row));
}

/** Two people who choose one username: the unique key lets one of them in. */
function add(database: Database): UserStore['add'] {
  const insert = database.write(
    `INSERT INTO users (username_key, ${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
  );
  return async (user) => {
    const added = await insert.run(
      normalizeUsername(user.username),
      user.id,
      user.username,
      user.name,
      user.passwordHash,
      user.createdAt,
      user.disabledAt,
      user.grantEpoch,
      user.sessionEpoch,
      user.profile ? JSON.stringify(user.profile) : null,
    );
    return added ? 'added' : 'exists';
  };
}

/** The epochs are raised by the statement that stores the hash: nobody sees the new password with the old sessions. */
function setPassword(database: Database): UserStore['setPassword'] {
  const update = database.write(
    `UPDATE users SET password_hash = $1, session_epoch = session_epoch + 1, grant_epoch = grant_epoch + $2::bigint
     WHERE id = $3`,
  );
  return async ({ id, passwordHash, endGrants }) =>
    (await update.run(passwordHash, endGrants ? 1 : 0, id)) ? 'changed' : 'unknown';
}

function setProfile(database: Database): UserStore['setProfile'] {
  const update = database.write('UPDATE users SET name = $1, profile = $2 WHERE id = $3');
  return async ({ id, name, profile }) =>
    (await update.run(name, JSON.stringify(profile), id)) ? 'changed' : 'unknown';
}

function endSessions(database: Database): UserStore['endSessions'] {
  const update = database.write('UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1');
  return async (id) => ((await update.run(id)) ? 'ended' : 'unknown');
}

function setDisabled(database: Database): UserStore['setDisabled'] {
  const update = database.write(
    `UPDATE users SET disabled_at = $1, session_epoch = session_epoch + 1, grant_epoch = grant_epoch + 1
     WHERE id = $2`,
  );
  return async ({ id, disabledAt }) => ((await update.run(disabledAt, id)) ? 'changed' : 'unknown');
}

/** `own` has the columns that have other names where rows of several tables lie beside one another. */
export function userOf(
  row: Omit<UserRow, 'id' | 'session_epoch'>,
  own: Pick<UserRow, 'id' | 'session_epoch'>,
): User {
  return {
    id: own.id,
    username: row.username,
    name: row.name,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
    grantEpoch: row.grant_epoch,
    sessionEpoch: own.session_epoch,
    ...(row.profile !== null && { profile: JSON.parse(row.profile) }),
  };
}
