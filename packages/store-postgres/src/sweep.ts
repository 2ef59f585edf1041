import type { Store } from '@valetkey/server';
import type { Database } from './database.ts';

/** At most this many rows of a table go in one transaction, so that nobody waits long for one of them. */
const limit = 1000;

/** What an index says is over: nothing is read that stays. */
export function sweepIn(database: Database): Store['sweep'] {
  const grants = database.write(
    `DELETE FROM grants WHERE id IN (SELECT id FROM grants WHERE sweep_at <= $1 ORDER BY sweep_at LIMIT ${limit})`,
  );
  const sessions = database.write(
    `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ends_at <= $1 ORDER BY ends_at LIMIT ${limit})`,
  );
  const attempts = database.write(
    `DELETE FROM attempts WHERE key IN
       (SELECT key FROM attempts WHERE window_ends_at <= $1 ORDER BY window_ends_at LIMIT ${limit})`,
  );
  return async (now) => ({
    grants: await grants.run(now),
    sessions: await sessions.run(now),
    attempts: await attempts.run(now),
  });
}
