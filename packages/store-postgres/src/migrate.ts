import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { StoreUnavailable } from '@valetkey/server';
import pg from 'pg';
import { codeOf, isUndone } from './failure.ts';

/** Errors of whoever was beaten to it: unique_violation, duplicate_table, duplicate_object; XX000 is a race in the catalogue. */
const beaten = ['23505', '42P07', '42710', 'XX000'];

/**
 * Brings the schema up to date, a transaction a step. Of several nodes that start at once one does it, and the others
 * wait: a step begins by inserting its number, which is unique. No advisory lock is needed, so that it works alike on
 * databases that have none.
 */
export async function migrate(
  { url, connectTimeout }: { url: string; connectTimeout: number },
  migrations: readonly string[],
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeout,
    application_name: 'valetkey migration',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    // A role that may not create anything can open a schema that is up to date.
    if (!(await isThere(client))) {
      await persist(() =>
        client.query('CREATE TABLE IF NOT EXISTS valetkey_schema (version bigint PRIMARY KEY)'),
      );
    }
    for (const [i, migration] of migrations.entries()) {
      await persist(() => step(client, i + 1, migration));
    }
    await refuseNewer(client, migrations.length);
  } finally {
    await client.end();
  }
}

async function isThere(client: pg.Client): Promise<boolean> {
  try {
    await latest(client);
    return true;
  } catch (error) {
    if (codeOf(error) === '42P01') return false; // undefined_table
    throw error;
  }
}

async function step(client: pg.Client, version: number, migration: string): Promise<void> {
  if ((await latest(client)) >= version) return;
  await client.query('BEGIN');
  try {
    await client.query('INSERT INTO valetkey_schema (version) VALUES ($1)', [version]);
    await client.query(migration).catch(refuseStrangers);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** We hold the step's number: a table that is there already is not of our making. */
function refuseStrangers(cause: unknown): never {
  if (codeOf(cause) !== '42P07') throw cause;
  throw new StoreUnavailable(
    `The database holds tables of another program (${(cause as Error).message}). Give Valetkey a database or a schema ` +
      'of its own.',
    { cause },
  );
}

async function refuseNewer(client: pg.Client, known: number): Promise<void> {
  const version = await latest(client);
  if (version <= known) return;
  throw new StoreUnavailable(
    `The database has schema ${version}, and this version of Valetkey knows ${known}: a newer one has been here. ` +
      'Start that one, or restore the backup that was made before it.',
  );
}

async function latest(client: pg.Client): Promise<number> {
  const { rows } = await client.query('SELECT coalesce(max(version), 0) AS version FROM valetkey_schema');
  return Number(rows[0]?.version);
}

async function persist(act: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (attempt === 20 || !(isUndone(error) || beaten.includes(codeOf(error)))) throw error;
    }
    await setTimeout(randomInt(10, 100));
  }
}
