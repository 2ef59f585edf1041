import type { Session, SessionStore } from '@valetkey/server';
import type { Database } from './database.ts';
import { sessionClientsIn } from './session-clients.ts';

export interface SessionRow {
  readonly id: string;
  readonly secret_hash: string;
  readonly user_id: string;
  readonly session_epoch: number;
  readonly authenticated_at: number;
  readonly amr: string;
  readonly opened_at: number;
  readonly ends_at: number;
  readonly ended_at: number | null;
  readonly user_agent: string;
  readonly address: string;
}

const columns = `id, secret_hash, user_id, session_epoch, authenticated_at, amr, opened_at, ends_at, ended_at,
  user_agent, address`;

export function sessionsIn(database: Database): SessionStore {
  return {
    find: find(database),
    open: open(database),
    renew: renew(database),
    end: end(database),
    listOf: listOf(database),
    ...sessionClientsIn(database),
  };
}

function find(database: Database): SessionStore['find'] {
  const select = database.read<SessionRow>(`SELECT ${columns} FROM sessions WHERE id = $1`);
  return async (id) => {
    const row = await select.get(id);
    return row ? sessionOf(row, row) : null;
  };
}

function open(database: Database): SessionStore['open'] {
  const insert = database.write(
    `INSERT INTO sessions (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
  );
  return async (session) => {
    const opened = await insert.run(
      session.id,
      session.secretHash,
      session.userId,
      session.sessionEpoch,
      session.authenticatedAt,
      JSON.stringify(session.amr),
      session.openedAt,
      session.endsAt,
      session.endedAt,
      session.userAgent,
      session.address,
    );
    return opened ? 'opened' : 'exists';
  };
}

/** Signing in again while signing out elsewhere: a session that has ended is not written any more. */
function renew(database: Database): SessionStore['renew'] {
  const update = database.write(
    `UPDATE sessions SET secret_hash = $1, session_epoch = $2, authenticated_at = $3, amr = $4, ends_at = $5
     WHERE id = $6 AND ended_at IS NULL`,
  );
  const select = database.read<{ ended_at: number | null }>('SELECT ended_at FROM sessions WHERE id = $1');
  return async ({ id, secretHash, sessionEpoch, authenticatedAt, amr, endsAt }) => {
    for (;;) {
      const values = [secretHash, sessionEpoch, authenticatedAt, JSON.stringify(amr), endsAt];
      if (await update.run(...values, id)) return 'renewed';
      const row = await select.get(id);
      if (!row) return 'unknown';
      if (row.ended_at !== null) return 'ended';
      // It was opened between the two statements: again.
    }
  };
}

/** Of several that end a session, the first one's time stays. */
function end(database: Database): SessionStore['end'] {
  const update = database.write('UPDATE sessions SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL');
  const select = database.read<{ ended_at: number | null }>('SELECT ended_at FROM sessions WHERE id = $1');
  return async (id, now) => {
    for (;;) {
      if (await update.run(now, id)) return 'ended';
      const row = await select.get(id);
      if (!row) return 'unknown';
      if (row.ended_at !== null) return 'already';
      // It was opened between the two statements: again.
    }
  };
}

function listOf(database: Database): SessionStore['listOf'] {
  const select = database.read<SessionRow>(
    `SELECT ${columns} FROM sessions WHERE user_id = $1 AND ended_at IS NULL AND ends_at > $2
     ORDER BY opened_at DESC, id`,
  );
  return async (userId, now) => (await select.all(userId, now)).map((row) => sessionOf(row, row));
}

/** `own` has the columns that have other names where rows of several tables lie beside one another. */
export function sessionOf(
  row: Omit<SessionRow, 'id' | 'user_id'>,
  own: Pick<SessionRow, 'id' | 'user_id'>,
): Session {
  return {
    id: own.id,
    secretHash: row.secret_hash,
    userId: own.user_id,
    sessionEpoch: row.session_epoch,
    authenticatedAt: row.authenticated_at,
    amr: JSON.parse(row.amr),
    openedAt: row.opened_at,
    endsAt: row.ends_at,
    endedAt: row.ended_at,
    userAgent: row.user_agent,
    address: row.address,
  };
}
