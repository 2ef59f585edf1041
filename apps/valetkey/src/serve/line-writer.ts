import { write, writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as pass } from 'node:timers/promises';
import { promisify } from 'node:util';

const writeSome = promisify(write);

/** Characters that may wait for a slow reader; what comes beyond is dropped. */
const mostWaiting = 8 * 1024 * 1024;

/**
 * Writes lines beside the requests: those of one turn of the event loop together, one write at a time. A reader that is
 * slow cannot fill the memory, and one that has gone disturbs nobody. (The stream that comes with pino waits for ever for
 * a reader that has gone when it is told to flush.)
 */
export class LineWriter {
  readonly #descriptor: number;
  #waiting = '';
  #writing: Promise<void> | undefined;
  #broken = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(line: string): void {
    if (this.#broken || this.#waiting.length > mostWaiting) return;
    this.#waiting += line;
    this.#writing ??= this.#drain();
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** For the end of the process: tries once, and at once. */
  flushNow(): void {
    try {
      if (this.#waiting !== '') writeSync(this.#descriptor, this.#waiting);
    } catch {
      this.#broken = true;
    }
    this.#waiting = '';
  }

  async #drain(): Promise<void> {
    await nextTurn();
    while (this.#waiting !== '') {
      const bytes = Buffer.from(this.#waiting);
      this.#waiting = '';
      await this.#writeAll(bytes);
    }
    this.#writing = undefined;
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    let rest = bytes;
    while (rest.length > 0 && !this.#broken) {
      try {
        const { bytesWritten } = await writeSome(this.#descriptor, rest);
        rest = rest.subarray(bytesWritten);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') await pass(10);
        else this.#broken = true;
      }
    }
  }
}
