import type { PushedRequest, PushedRequestStore } from '@valetkey/server';
import type { Database } from './database.ts';

interface PushedRow {
  readonly id: string;
  readonly client_id: string;
  readonly content: string;
  readonly expires_at: number;
  readonly completed_at: number | null;
}

const columns = 'id, client_id, content, expires_at, completed_at';

export function pushedIn(database: Database): PushedRequestStore {
  return { push: push(database), find: find(database), complete: complete(database) };
}

function push(database: Database): PushedRequestStore['push'] {
  const insert = database.write(
    `INSERT INTO pushed_requests (${columns}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
  );
  return async ({ id, clientId, content, expiresAt, completedAt }) =>
    (await insert.run(id, clientId, content, expiresAt, completedAt)) ? 'pushed' : 'exists';
}

function find(database: Database): PushedRequestStore['find'] {
  const select = database.read<PushedRow>(
    `SELECT ${columns} FROM pushed_requests WHERE id = $1 AND expires_at > $2 AND completed_at IS NULL`,
  );
  return async (id, now) => {
    const row = await select.get(id, now);
    return row ? pushedOf(row) : null;
  };
}

/** Two browsers that end one request: the condition is true for the first of them only. */
function complete(database: Database): PushedRequestStore['complete'] {
  const update = database.write(
    'UPDATE pushed_requests SET completed_at = $1 WHERE id = $2 AND expires_at > $1 AND completed_at IS NULL',
  );
  const select = database.read<{ completed_at: number | null }>(
    'SELECT completed_at FROM pushed_requests WHERE id = $1 AND expires_at > $2',
  );
  return async (id, now) => {
    for (;;) {
      if (await update.run(now, id)) return 'completed';
      const row = await select.get(id, now);
      if (!row) return 'unknown';
      if (row.completed_at !== null) return 'already';
      // It was pushed between the two statements: again.
    }
  };
}

function pushedOf(row: PushedRow): PushedRequest {
  return {
    id: row.id,
    clientId: row.client_id,
    content: row.content,
    expiresAt: row.expires_at,
    completedAt: row.completed_at,
  };
}
