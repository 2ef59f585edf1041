/** Something read from afar and kept. */
export interface Remembered<T> {
  /** The value: kept while it is fresh, read again after that, and the last good one while reading fails. */
  current(): Promise<T>;
  /** The value after another read, unless the last one is too recent: then the value as it is. */
  renewed(): Promise<T>;
}

/** Times in milliseconds. */
interface Source<T> {
  readonly read: () => Promise<T>;
  readonly now: () => number;
  /** How long a value counts as fresh. */
  readonly fresh: number;
  /** How long the last good value is used while reading fails. */
  readonly usable: number;
  /** Least time between two reads, so that no caller can cause a flood of them. */
  readonly coolDown: number;
}

/** The pause after a failed read as long as there is nothing to fall back on. */
const RETRY = 5_000;

/** Reads at first need, by one read however many wait. */
export function remembered<T>({ read, now, fresh, usable, coolDown }: Source<T>): Remembered<T> {
  let good: { value: T; at: number } | undefined;
  let failed: { error: unknown } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let flight: Promise<T> | undefined;

  async function load(): Promise<T> {
    triedAt = now();
    try {
      const value = await read();
      good = { value, at: triedAt };
      failed = undefined;
      return value;
    } catch (error) {
      failed = { error };
      throw error;
    } finally {
      flight = undefined;
    }
  }

  async function renewed(): Promise<T> {
    const pausing = now() - triedAt < (good ? coolDown : RETRY);
    if (flight === undefined && pausing && failed) throw failed.error;
    if (flight === undefined && pausing && good) return good.value;
    flight ??= load();
    return flight;
  }

  async function current(): Promise<T> {
    if (good && now() - good.at < fresh) return good.value;
    try {
      return await renewed();
    } catch (error) {
      if (good && now() - good.at < usable) return good.value;
      throw error;
    }
  }

  return { current, renewed };
}
