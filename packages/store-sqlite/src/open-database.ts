import { closeSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreUnavailable } from '@valetkey/server';
import { Database, type DatabaseOptions } from './database.ts';
import { openingFailure } from './failure.ts';
import { migrate, refuseStrangers } from './migrate.ts';
import { migrations } from './schema.ts';

/** While a lock is held, a statement waits this long in SQLite, and blocks the process; the commit queue waits longer. */
const busyTimeout = 10;

export function openDatabase(options: DatabaseOptions): Database {
  const { file } = options;
  makeFile(file);
  let database: Database | undefined;
  try {
    database = new Database(options);
    prepareConnection(database, file);
    return database;
  } catch (error) {
    database?.connection.close();
    throw openingFailure(error, file);
  }
}

/** The write-ahead log and SQLite's shared memory take their mode from the file. */
function makeFile(file: string): void {
  if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory()) {
    throw new StoreUnavailable(
      `The folder ${dirname(file)} of the database is not there. Make it, or choose another file.`,
    );
  }
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (cause) {
    throw new StoreUnavailable(
      `The database ${file} cannot be opened for writing. Let the user that runs this process write the file and its ` +
        'folder, and mount them writable.',
      { cause },
    );
  }
}

/**
 * Small pages: a commit writes whole pages, and a grant is half a kilobyte; see docs/storage.md for the figures.
 * Until all is ready a lock is waited for as long as a write would wait; later that would hold up requests.
 * FULL: COMMIT returns when the log is on the disk, and `fullfsync` means the same where a system makes a difference.
 */
function prepareConnection({ connection }: Database, file: string): void {
  connection.exec('PRAGMA page_size = 1024');
  refuseStrangers(connection, file, migrations.length);
  const mode = connection.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
  if (mode !== 'wal') {
    throw new StoreUnavailable(
      `The database ${file} cannot have a write-ahead log here (its journal mode is ${mode}). Put it on a local disk.`,
    );
  }
  connection.exec('PRAGMA synchronous = FULL');
  connection.exec('PRAGMA fullfsync = ON');
  connection.exec('PRAGMA checkpoint_fullfsync = ON');
  connection.exec('PRAGMA wal_autocheckpoint = 4000');
  connection.exec('PRAGMA cache_size = -8000');
  connection.exec('PRAGMA trusted_schema = OFF');
  migrate(connection, migrations);
  connection.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
}
