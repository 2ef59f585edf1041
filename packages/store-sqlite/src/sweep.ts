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
  return (now) =>
    database.commit(() => ({
      grants: grants(now),
      sessions: sessions(now),
      attempts: attempts(now),
      once: once(now),
      pushed: pushed(now),
      clients: clients(now),
    }));
}

function deletion(
  database: Database,
  { table, key, end }: { table: string; key: string; end: string },
): (now: number) => number {
  const remove = database.write(
    `DELETE FROM ${table} WHERE ${key} IN
       (SELECT ${key} FROM ${table} WHERE ${end} <= ? ORDER BY ${end} LIMIT ${sweepLimit})`,
  );
  return (now) => remove.run(now);
}

/** With a session goes what was noted of it. */
function sessionDeletion(database: Database): (now: number) => number {
  const sessions = database.write<{ id: string }>(
    `DELETE FROM sessions WHERE id IN
       (SELECT id FROM sessions WHERE ends_at <= ? ORDER BY ends_at LIMIT ${sweepLimit})
     RETURNING id`,
  );
  const clients = database.write('DELETE FROM session_clients WHERE session_id = ?');
  return (now) => {
    const gone = sessions.all(now);
    for (const { id } of gone) clients.run(id);
    return gone.length;
  };
}
