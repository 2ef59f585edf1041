import type { ReplayStore } from './replay-store.ts';

/** What is asked of a PostgreSQL client; the pool of `pg` has it. */
export interface PostgresClient {
  query(text: string, values: unknown[]): Promise<{ readonly rowCount: number | null }>;
}

/**
 * The table that `postgresReplay` wants, to be made once. It is not logged, so that no use of a proof waits for the disk:
 * after a crash of PostgreSQL it is empty, and proofs of the last minute could be used again.
 */
export const replayTable = `CREATE UNLOGGED TABLE IF NOT EXISTS valetkey_replay (
  key text PRIMARY KEY,
  until_ms bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS valetkey_replay_until ON valetkey_replay (until_ms);`;

/** One statement, so that of racers one inserts or renews, and the others change nothing. */
const use = `INSERT INTO valetkey_replay (key, until_ms) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET until_ms = excluded.until_ms WHERE valetkey_replay.until_ms <= $3`;

const forget = 'DELETE FROM valetkey_replay WHERE until_ms <= $1';

/** Used proofs in PostgreSQL, for all processes that share it. Each process deletes what has expired once a minute. */
export function postgresReplay(client: PostgresClient): ReplayStore {
  let forgotAt = Number.NEGATIVE_INFINITY;

  async function forgetSometimes(nowMs: number): Promise<void> {
    if (nowMs - forgotAt < 60_000) return;
    forgotAt = nowMs;
    await client.query(forget, [Math.floor(nowMs)]);
  }

  return {
    async use(key, untilMs, nowMs) {
      await forgetSometimes(nowMs);
      const { rowCount } = await client.query(use, [key, Math.ceil(untilMs), Math.floor(nowMs)]);
      return rowCount === 1 ? 'first' : 'again';
    },
  };
}
