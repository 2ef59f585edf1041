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
  return async () => (await select.all()).map(keyOf);
}

/** Several nodes that rotate at once: the slot is unique, so one of them does, and the others read its key. */
function add(database: Database): KeyStore['add'] {
  const insert = database.write(
    `INSERT INTO keys (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
  );
  return async (key) => {
    const added = await insert.run(
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
  };
}

function revoke(database: Database): KeyStore['revoke'] {
  const update = database.write('UPDATE keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL');
  const select = database.read<{ revoked_at: number | null }>('SELECT revoked_at FROM keys WHERE id = $1');
  return async (id, now) => {
    for (;;) {
      if (await update.run(now, id)) return 'revoked';
      const row = await select.get(id);
      if (!row) return 'unknown';
      if (row.revoked_at !== null) return 'already';
      // It was added between the two statements: again.
    }
  };
}

function remove(database: Database): KeyStore['remove'] {
  const remove = database.write('DELETE FROM keys WHERE id = $1');
  return async (id) => ((await remove.run(id)) ? 'removed' : 'unknown');
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
