import type { AttemptStore } from '@valetkey/server';
import type { Database } from './database.ts';
import { storedKey } from './stored-key.ts';

export function attemptsIn(database: Database): AttemptStore {
  return { take: take(database), clear: clear(database) };
}

/**
 * Guesses that race: the upsert counts and judges in one, so that no two of them see the same count. Where the window is
 * over it starts a new one; where it is full it changes nothing and answers no row.
 */
function take(database: Database): AttemptStore['take'] {
  const upsert = database.write<{ count: number }>(
    `INSERT INTO attempts (key, count, window_ends_at) VALUES (?1, 1, ?2 + ?3)
     ON CONFLICT (key) DO UPDATE SET
       count = CASE WHEN window_ends_at <= ?2 THEN 1 ELSE count + 1 END,
       window_ends_at = CASE WHEN window_ends_at <= ?2 THEN ?2 + ?3 ELSE window_ends_at END
     WHERE window_ends_at <= ?2 OR count < ?4
     RETURNING count`,
  );
  const select = database.read<{ window_ends_at: number }>(
    'SELECT window_ends_at FROM attempts WHERE key = ?',
  );
  return ({ key, limit, window, now }) =>
    database.commit(() => {
      const stored = storedKey(key);
      const row = upsert.get(stored, now, window, limit);
      if (row) return { outcome: 'taken', left: Math.max(0, limit - row.count) };
      return { outcome: 'refused', retryAt: select.get(stored)?.window_ends_at ?? now };
    });
}

function clear(database: Database): AttemptStore['clear'] {
  const remove = database.write('DELETE FROM attempts WHERE key = ?');
  return (key) =>
    database.commit(() => {
      remove.run(storedKey(key));
    });
}
