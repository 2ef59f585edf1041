import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { StoreUnavailable } from '@valetkey/server';
import type pg from 'pg';
import { type ConnectionSettings, Connections, type Query } from './connections.ts';
import { failureOf, isBroken, isUndone } from './failure.ts';

/** Told of every statement that is sent; for tests that count, and for tracing. */
export type OnStatement = (kind: 'read' | 'write' | 'begin' | 'commit', sql: string) => void;

type Kind = 'read' | 'write';

type Value = string | number | null;

/** Every statement is a transaction of its own. */
export interface Statement<Row> {
  get(...values: Value[]): Promise<Row | undefined>;
  all(...values: Value[]): Promise<Row[]>;
  /** The number of rows that were changed. */
  run(...values: Value[]): Promise<number>;
}

export class Database {
  readonly #connections: Connections;
  readonly #onStatement: OnStatement | undefined;
  #running = 0;
  #idle: (() => void) | undefined;
  #statements = 0;
  #closing: Promise<void> | undefined;

  constructor(settings: ConnectionSettings, onStatement: OnStatement | undefined) {
    this.#connections = new Connections(settings);
    this.#onStatement = onStatement;
  }

  /** A statement that only reads: it is sent again when the connection breaks. */
  read<Row>(sql: string): Statement<Row> {
    return this.#prepare<Row>('read', sql);
  }

  /**
   * A statement that writes. It is sent again when the database has undone it because of others (40001, 40P01). When the
   * connection breaks it is not: it may have been carried out, and whoever asked has to be told that nobody knows.
   */
  write<Row>(sql: string): Statement<Row> {
    return this.#prepare<Row>('write', sql);
  }

  /** Lets what has been sent come to its end. */
  close(): Promise<void> {
    this.#closing ??= this.#settle().then(() => this.#connections.close());
    return this.#closing;
  }

  async #settle(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle = resolve;
    if (this.#running > 0) await promise;
  }

  #prepare<Row>(kind: Kind, text: string): Statement<Row> {
    this.#statements += 1;
    const name = `valetkey_${this.#statements}`;
    const send = (values: Value[]) => this.#send(kind, { name, text, values: values.map(storable) });
    return {
      get: async (...values) => (await send(values)).rows[0],
      all: async (...values) => (await send(values)).rows,
      run: async (...values) => (await send(values)).rowCount ?? 0,
    };
  }

  async #send(kind: Kind, query: Query): Promise<pg.QueryResult> {
    if (this.#closing !== undefined) throw new StoreUnavailable('The store has been closed');
    this.#running += 1;
    try {
      return await this.#persist(kind, query);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle?.();
    }
  }

  async #persist(kind: Kind, query: Query): Promise<pg.QueryResult> {
    for (let attempt = 1; ; attempt += 1) {
      this.#onStatement?.(kind, query.text);
      try {
        return await this.#connections.query(query);
      } catch (error) {
        if (attempt >= triesFor(kind, error)) throw failureOf(error);
      }
      if (attempt > 1) await setTimeout(randomInt(5 * 2 ** attempt));
    }
  }
}

function triesFor(kind: Kind, error: unknown): number {
  if (isUndone(error)) return 8;
  return kind === 'read' && isBroken(error) ? 4 : 1;
}

/** PostgreSQL's text holds no NUL; UTF-8 makes this of the other things it cannot hold (half a surrogate pair). */
function storable(value: Value): Value {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
