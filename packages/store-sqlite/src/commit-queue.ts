import type { DatabaseSync } from 'node:sqlite';
import { failureOf, isLocked } from './failure.ts';

interface Write {
  readonly work: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  /** How often it has found the database locked. */
  waits: number;
}

/** What is executed to begin, end and undo a transaction; counted like every other statement. */
export interface Brackets {
  readonly begin: () => void;
  readonly commit: () => void;
  readonly rollback: () => void;
}

/** Milliseconds between two tries to get the lock; a try waits about as long in SQLite itself. */
const pause = 10;

/**
 * Writes that wait together share one commit, and so one flush to the disk. A write waits for the end of the current turn
 * of the event loop; whatever the requests of that turn have written is committed together, and only then answered.
 *
 * A transaction runs without giving way to the event loop: reads between transactions see committed data only.
 */
export class CommitQueue {
  readonly #connection: DatabaseSync;
  readonly #brackets: Brackets;
  readonly #file: string;
  readonly #lockWaits: number;
  #waiting: Write[] = [];
  #scheduled = false;

  constructor(connection: DatabaseSync, settings: { file: string; lockTimeout: number; brackets: Brackets }) {
    this.#connection = connection;
    this.#file = settings.file;
    this.#brackets = settings.brackets;
    this.#lockWaits = Math.ceil(settings.lockTimeout / (2 * pause));
  }

  /** Resolves with what `work` returned when COMMIT has returned. */
  add<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject, waits: 0 });
      this.#schedule(setImmediate);
    });
  }

  /** Resolves when nothing is waiting. */
  async settle(): Promise<void> {
    if (this.#waiting.length > 0) await this.add(() => undefined).catch(() => undefined);
  }

  #schedule(later: (flush: () => void, milliseconds?: number) => unknown): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    later(() => this.#flush(), pause);
  }

  #flush(): void {
    this.#scheduled = false;
    const batch = this.#waiting;
    this.#waiting = [];
    if (!this.#transact(batch)) for (const write of batch) this.#transact([write]);
  }

  /** False when the writes were undone and are to be tried one by one: one that fails must not fail the others. */
  #transact(writes: readonly Write[]): boolean {
    try {
      this.#brackets.begin();
    } catch (error) {
      this.#undo();
      this.#refuse(writes, error);
      return true;
    }
    let results: unknown[];
    try {
      results = writes.map(({ work }) => work());
      this.#brackets.commit();
    } catch (error) {
      this.#undo();
      if (writes.length > 1) return false;
      for (const { reject } of writes) reject(failureOf(error, this.#file));
      return true;
    }
    for (const [i, { resolve }] of writes.entries()) resolve(results[i] as never);
    return true;
  }

  #undo(): void {
    try {
      if (this.#connection.isTransaction) this.#brackets.rollback();
    } catch {
      // The disk failed in earnest: what comes next finds the transaction open, fails, and undoes it.
    }
  }

  /** No transaction has begun. A lock of another process is waited for, without holding up the event loop. */
  #refuse(writes: readonly Write[], error: unknown): void {
    for (const write of writes) {
      write.waits += 1;
      if (isLocked(error) && write.waits < this.#lockWaits) this.#waiting.push(write);
      else write.reject(failureOf(error, this.#file));
    }
    if (this.#waiting.length > 0) this.#schedule(setTimeout);
  }
}
