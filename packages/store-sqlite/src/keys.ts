import type { KeyStore, StoredKey } from '@valetkey/server';
import type { Database } from './database.ts';

interface KeyRow {
  readonly id: string;
  readonly purpose: StoredKey['purpose'];
  readonly algorithm: string;
  readonly slot: number;
  readonly created_at: number;
  readonly active_from: number;
  readonly revoked_at: number | null;
  readonly public_jwk: string | null;
  readonly sealed_private: string;
}

const columns =
  'id, purpose, algorithm, slot, created_at, active_from, revoked_at, public_jwk, sealed_private';

export function keysIn(database: Database): KeyStore {
  return { list: list(database), add: add(database), revoke: revoke(database), remove: remove(database) };
}

function list(database: Database): KeyStore['list'] {
  const select = database.read<KeyRow>(`SELECT ${columns} FROM keys ORDER BY purpose, algorithm, slot`);
  return async () => select.all().map(keyOf);
}

/** Several nodes that rotate at once: the slot is unique, so one of them does, and the others read its key. */
function add(database: Database): KeyStore['add'] {
  const insert = database.write(
    `INSERT INTO keys (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  return (key) =>
    database.commit(() => {
      const added = insert.run(
        key.id,
        key.purpose,
        key.algorithm,
        key.slot,
        key.createdAt,
        key.activeFrom,
        key.revokedAt,
        key.publicJwk && JSON.stringify(key.publicJwk),
        key.sealedPrivate,
      );
      return added ? 'added' : 'exists';
    });
}

function revoke(database: Database): KeyStore['revoke'] {
  const update = database.write('UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL');
  const select = database.read('SELECT 1 FROM keys WHERE id = ?');
  return (id, now) =>
    database.commit(() => {
      if (update.run(now, id)) return 'revoked';
      return select.get(id) ? 'already' : 'unknown';
    });
}

function remove(database: Database): KeyStore['remove'] {
  const remove = database.write('DELETE FROM keys WHERE id = ?');
  return (id) => database.commit(() => (remove.run(id) ? 'removed' : 'unknown'));
}

function keyOf(row: KeyRow): StoredKey {
  return {
    id: row.id,
    purpose: row.purpose,
    algorithm: row.algorithm,
    slot: row.slot,
    createdAt: row.created_at,
    activeFrom: row.active_from,
    revokedAt: row.revoked_at,
    publicJwk: row.public_jwk === null ? null : JSON.parse(row.public_jwk),
    sealedPrivate: row.sealed_private,
  };
}
