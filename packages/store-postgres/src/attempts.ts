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
    `INSERT INTO attempts (key, count, window_ends_at) VALUES ($1, 1, $2::bigint + $3::bigint)
     ON CONFLICT (key) DO UPDATE SET
       count = CASE WHEN attempts.window_ends_at <= $2::bigint THEN 1 ELSE attempts.count + 1 END,
       window_ends_at = CASE WHEN attempts.window_ends_at <= $2::bigint
         THEN excluded.window_ends_at ELSE attempts.window_ends_at END
     WHERE attempts.window_ends_at <= $2::bigint OR attempts.count < $4::bigint
     RETURNING count`,
  );
  const select = database.read<{ window_ends_at: number }>(
    'SELECT window_ends_at FROM attempts WHERE key = $1',
  );
  return async ({ key, limit, window, now }) => {
    const stored = storedKey(key);
    for (;;) {
      const row = await upsert.get(stored, now, window, limit);
      if (row) return { outcome: 'taken', left: Math.max(0, limit - row.count) };
      const full = await select.get(stored);
      if (full) return { outcome: 'refused', retryAt: full.window_ends_at };
      // It was cleared between the two statements: again.
    }
  };
}

function clear(database: Database): AttemptStore['clear'] {
  const remove = database.write('DELETE FROM attempts WHERE key = $1');
  return async (key) => {
    await remove.run(storedKey(key));
  };
}
