import type { Store } from '@valetkey/server';
import type { OnStatement } from './database.ts';
import { openDatabase } from './open-database.ts';
import { storeIn } from './store.ts';

export interface SqliteStoreOptions {
  /** Made if it is not there, for its owner only (0600); its folder must be there. */
  readonly file: string;
  /** How long a write waits for a lock of another process, in milliseconds; 5000 unless told. */
  readonly lockTimeout?: number;
  readonly onStatement?: OnStatement;
}

/** Opens the store and brings its schema up to date. Throws `StoreUnavailable` with the cause and the cure in its text. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  return storeIn(openDatabase({ lockTimeout: 5000, ...options }));
}
