import { sweepLimit } from '@valetkey/server';

/** Rows by key. Copies go in and come out, so that nobody holds a piece of the table. */
export class Table<Row extends object> {
  readonly #rows = new Map<string, Row>();

  find(key: string): Row | null {
    const row = this.#rows.get(key);
    return row ? copyOf(row) : null;
  }

  /** In the order of the bytes of `by`, as a database sorts without a language. */
  list(by: (row: Row) => string): Row[] {
    const rows = [...this.#rows.values()].map((row) => ({ row, order: Buffer.from(by(row)) }));
    return rows.sort((a, b) => a.order.compare(b.order)).map(({ row }) => copyOf(row));
  }

  rows(): Iterable<Readonly<Row>> {
    return this.#rows.values();
  }

  add(key: string, row: Row): boolean {
    if (this.#rows.has(key)) return false;
    this.put(key, row);
    return true;
  }

  /** Adds the row, or puts it in the place of the one that is there: nothing of that one stays. */
  put(key: string, row: Row): void {
    this.#rows.set(key, copyOf(row));
  }

  /** Changes the row under `key`; false where there is none. */
  change(key: string, changes: Partial<Row>): boolean {
    const row = this.#rows.get(key);
    if (!row) return false;
    this.#rows.set(key, { ...row, ...copyOf(changes) });
    return true;
  }

  remove(key: string): boolean {
    return this.#rows.delete(key);
  }

  /** Removes the first rows that are `over`, and tells `onRemoved` the key of each. */
  sweep(over: (row: Row) => boolean, onRemoved?: (key: string) => void): number {
    let swept = 0;
    for (const [key, row] of this.#rows) {
      if (swept === sweepLimit) break;
      if (!over(row)) continue;
      this.#rows.delete(key);
      onRemoved?.(key);
      swept += 1;
    }
    return swept;
  }
}

/** As JSON, like the databases: a member that is `undefined` is absent from the copy. */
function copyOf<Row extends object>(row: Row): Row {
  return JSON.parse(JSON.stringify(row)) as Row;
}
