const sweepLimit = 1000;

/** Rows by key. Copies go in and come out, so that nobody holds a piece of the table. */
export class Table<Row extends object> {
  readonly #rows = new Map<string, Row>();

  find(key: string): Row | null {
    const row = this.#rows.get(key);
    return row ? structuredClone(row) : null;
  }

  /** In the order of the bytes of `by`, as a database sorts without a language. */
  list(by: (row: Row) => string): Row[] {
    const rows = [...this.#rows.values()].map((row) => ({ row, order: Buffer.from(by(row)) }));
    return rows.sort((a, b) => a.order.compare(b.order)).map(({ row }) => structuredClone(row));
  }

  rows(): Iterable<Readonly<Row>> {
    return this.#rows.values();
  }

  add(key: string, row: Row): boolean {
    if (this.#rows.has(key)) return false;
    this.#rows.set(key, structuredClone(row));
    return true;
  }

  /** Changes the row under `key`; false where there is none. */
  change(key: string, changes: Partial<Row>): boolean {
    const row = this.#rows.get(key);
    if (!row) return false;
    this.#rows.set(key, { ...row, ...structuredClone(changes) });
    return true;
  }

  remove(key: string): boolean {
    return this.#rows.delete(key);
  }

  /** Removes the first thousand rows that are `over`. */
  sweep(over: (row: Row) => boolean): number {
    let swept = 0;
    for (const [key, row] of this.#rows) {
      if (swept === sweepLimit) break;
      if (over(row) && this.#rows.delete(key)) swept += 1;
    }
    return swept;
  }
}
