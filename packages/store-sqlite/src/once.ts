import type { OnceStore } from '@valetkey/server';
import type { Database } from './database.ts';
import { storedKey } from './stored-key.ts';

export function onceIn(database: Database): OnceStore {
  return { use: use(database) };
}

/** An assertion that is played twice, at once or later: the upsert changes the row for the first, until its time is over. */
function use(database: Database): OnceStore['use'] {
  const upsert = database.write(
    `INSERT INTO once (key, until) VALUES (?1, ?2)
     ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE until <= ?3`,
  );
  return ({ key, until, now }) =>
    database.commit(() => (upsert.run(storedKey(key), until, now) ? 'first' : 'again'));
}
