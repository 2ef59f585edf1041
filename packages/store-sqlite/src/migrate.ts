import type { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '@valetkey/server';

/** "Vkey", in the file's header: whose database this is. */
const applicationId = 0x566b6579;

/** Refuses what is not ours to write: another program's database, or a newer Valetkey's. Writes nothing. */
export function refuseStrangers(connection: DatabaseSync, file: string, known: number): void {
  const tables = Number(read(connection, 'SELECT count(*) FROM sqlite_schema'));
  if (tables > 0 && read(connection, 'PRAGMA application_id') !== applicationId) {
    throw new StoreUnavailable(
      `The database ${file} belongs to another program: it has tables, but not Valetkey's mark. Choose another file.`,
    );
  }
  const version = schemaVersion(connection);
  if (version > known) {
    throw new StoreUnavailable(
      `The database ${file} has schema ${version}, and this version of Valetkey knows ${known}: a newer one has ` +
        'been here. Start that one, or restore the backup that was made before it.',
    );
  }
}

/** Brings the schema up to date, a transaction a step; several processes may try at once. */
export function migrate(connection: DatabaseSync, migrations: readonly string[]): void {
  for (const [i, migration] of migrations.entries()) {
    if (schemaVersion(connection) > i) continue;
    connection.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have been faster: asked again, now that it cannot be any more.
      if (schemaVersion(connection) === i) {
        connection.exec(migration);
        connection.exec(`PRAGMA application_id = ${applicationId}`);
        connection.exec(`PRAGMA user_version = ${i + 1}`);
      }
      connection.exec('COMMIT');
    } catch (error) {
      if (connection.isTransaction) connection.exec('ROLLBACK');
      throw error;
    }
  }
}

function schemaVersion(connection: DatabaseSync): number {
  return Number(read(connection, 'PRAGMA user_version'));
}

function read(connection: DatabaseSync, sql: string): unknown {
  return Object.values(connection.prepare(sql).get() ?? {})[0];
}
