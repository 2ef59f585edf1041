import type { Store } from '@valetkey/server';
import { Database, type OnStatement } from './database.ts';
import { openingFailure } from './failure.ts';
import { migrate } from './migrate.ts';
import { migrations } from './schema.ts';
import { storeIn } from './store.ts';

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database?sslmode=verify-full` */
  readonly url: string;
  /** Connections of this node at most; 10 unless told. */
  readonly poolSize?: number;
  /** Milliseconds that a statement may take; 5000 unless told. */
  readonly statementTimeout?: number;
  /** Milliseconds that making a connection may take; 5000 unless told. */
  readonly connectTimeout?: number;
  readonly onStatement?: OnStatement;
}

/** Opens the store and brings its schema up to date. Throws `StoreUnavailable` with the cause and the cure in its text. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, poolSize = 10, statementTimeout = 5000, connectTimeout = 5000, onStatement } = options;
  try {
    await migrate({ url, connectTimeout }, migrations);
  } catch (error) {
    throw openingFailure(error, url);
  }
  return storeIn(new Database({ url, poolSize, statementTimeout, connectTimeout }, onStatement));
}
