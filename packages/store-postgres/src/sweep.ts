import { type Store, sweepLimit } from '@valetkey/server';
import type { Database } from './database.ts';

/** What an index says is over: nothing is read that stays. */
export function sweepIn(database: Database): Store['sweep'] {
  const grants = deletion(database, { table: 'grants', key: 'id', end: 'sweep_at' });
  const attempts = deletion(database, { table: 'attempts', key: 'key', end: 'window_ends_at' });
  const once = deletion(database, { table: 'once', key: 'key', end: 'until' });
  const pushed = deletion(database, { table: 'pushed_requests', key: 'id', end: 'expires_at' });
  const clients = deletion(database, { table: 'clients', key: 'id', end: 'expires_at' });
  const sessions = sessionDeletion(database);
  return async (now) => ({
    grants: await grants(now),
    sessions: await sessions(now),
    attempts: await attempts(now),
    once: await once(now),
    pushed: await pushed(now),
    clients: await clients(now),
  });
}

interface Mortal {
  readonly table: string;
  readonly key: string;
  /** The column that says when a row is over. */
  readonly end: string;
}

function deletion(database: Database, mortal: Mortal): (now: number) => Promise<number> {
  const remove = database.write(deletionOf(mortal));
  return (now) => remove.run(now);
}

/** With a session goes what was noted of it, in the same statement. */
function sessionDeletion(database: Database): (now: number) => Promise<number> {
  const remove = database.write<{ count: number }>(
    `WITH gone AS (${deletionOf({ table: 'sessions', key: 'id', end: 'ends_at' })} RETURNING id),
       noted AS (DELETE FROM session_clients WHERE session_id IN (SELECT id FROM gone))
     SELECT count(*) AS count FROM gone`,
  );
  return async (now) => (await remove.get(now))?.count ?? 0;
}

/** The end is asked for twice: a row that somebody prolongs meanwhile is judged anew, by the outer condition only. */
function deletionOf({ table, key, end }: Mortal): string {
  return `DELETE FROM ${table} WHERE ${end} <= $1 AND ${key} IN
       (SELECT ${key} FROM ${table} WHERE ${end} <= $1 ORDER BY ${end} LIMIT ${sweepLimit})`;
}
