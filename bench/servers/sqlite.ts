import { DatabaseSync } from 'node:sqlite';

/** A database as Valetkey's SQLite store has it: a commit returns when the log is on the disk. */
export function openDurable(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA page_size = 1024');
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA wal_autocheckpoint = 4000');
  database.exec('PRAGMA cache_size = -8000');
  return database;
}
