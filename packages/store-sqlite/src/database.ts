import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '@valetkey/server';
import { CommitQueue } from './commit-queue.ts';
import { failureOf } from './failure.ts';

/** Told of every statement that runs; for tests that count, and for tracing. */
export type OnStatement = (kind: 'read' | 'write' | 'begin' | 'commit', sql: string) => void;

export interface DatabaseOptions {
  readonly file: string;
  /** How long a write waits for a lock of another process, in milliseconds. */
  readonly lockTimeout: number;
  readonly onStatement?: OnStatement | undefined;
}

export interface Statement<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  /** The number of rows that were changed. */
  run(...values: SQLInputValue[]): number;
}

/** One connection. Reads run at once, writes inside of `commit`. */
export class Database {
  readonly connection: DatabaseSync;
  readonly #file: string;
  readonly #onStatement: OnStatement | undefined;
  readonly #commits: CommitQueue;
  #closing: Promise<void> | undefined;

  constructor({ file, lockTimeout, onStatement }: DatabaseOptions) {
    this.#file = file;
    this.#onStatement = onStatement;
    this.connection = new DatabaseSync(file, { timeout: lockTimeout, enableForeignKeyConstraints: true });
    const brackets = {
      begin: this.#bracket('begin', 'BEGIN IMMEDIATE'),
      commit: this.#bracket('commit', 'COMMIT'),
      rollback: this.#bracket('commit', 'ROLLBACK'),
    };
    this.#commits = new CommitQueue(this.connection, { file, lockTimeout, brackets });
  }

  /** Prepares a statement that only reads. */
  read<Row>(sql: string): Statement<Row> {
    return this.#prepare<Row>('read', sql);
  }

  /** Prepares a statement that is used inside of `commit`. */
  write<Row>(sql: string): Statement<Row> {
    return this.#prepare<Row>('write', sql);
  }

  /** Runs `work` in a transaction which it may share with others; resolves with its result after COMMIT. */
  commit<Result>(work: () => Result): Promise<Result> {
    return this.#closing === undefined ? this.#commits.add(work) : Promise.reject(this.#closed());
  }

  close(): Promise<void> {
    this.#closing ??= this.#commits.settle().then(() => this.connection.close());
    return this.#closing;
  }

  #bracket(kind: 'begin' | 'commit', sql: string): () => void {
    const { run } = this.#observed(kind, sql, this.connection.prepare(sql));
    return () => {
      run();
    };
  }

  #prepare<Row>(kind: 'read' | 'write', sql: string): Statement<Row> {
    const { get, all, run } = this.#observed(kind, sql, this.connection.prepare(sql));
    const guarded = <Result>(step: (...values: SQLInputValue[]) => unknown) => {
      return (...values: SQLInputValue[]): Result => {
        try {
          return step(...values) as Result;
        } catch (error) {
          throw this.connection.isOpen ? failureOf(error, this.#file) : this.#closed();
        }
      };
    };
    return { get: guarded(get), all: guarded(all), run: guarded((...values) => run(...values).changes) };
  }

  #observed(kind: Parameters<OnStatement>[0], sql: string, statement: StatementSync) {
    const onStatement = this.#onStatement;
    const observe = <Result>(step: (...values: SQLInputValue[]) => Result) =>
      onStatement
        ? (...values: SQLInputValue[]): Result => {
            onStatement(kind, sql);
            return step(...values);
          }
        : step;
    return {
      get: observe(statement.get.bind(statement)),
      all: observe(statement.all.bind(statement)),
      run: observe(statement.run.bind(statement)),
    };
  }

  #closed(): StoreUnavailable {
    return new StoreUnavailable(`The database ${this.#file} has been closed`);
  }
}
