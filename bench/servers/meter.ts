import { readFileSync } from 'node:fs';

/**
 * The side of a measured process: tells what it has used whenever it is asked over IPC, and ends when nobody can ask any
 * more. `node --import` puts it into programs that know nothing of it.
 */

/** What has been used since the start. */
export interface Used {
  /** Processor time in milliseconds, user and system, of all threads. */
  readonly cpu: number;
  /** Bytes that were sent towards the disk: pages made dirty (`write_bytes` of /proc/self/io), or log written. */
  readonly written: number;
}

export interface Ready {
  readonly origin: string;
}

export type Report = { readonly ready: Ready } | { readonly mark: Used };

/** Says where the server answers. */
export function announce(origin: string): void {
  report({ ready: { origin } });
}

if (process.send !== undefined) {
  process.on('message', () => {
    // No garbage collection is forced here: it would throw compiled code away, of a larger program more.
    report({ mark: used() });
  });
  process.on('disconnect', () => process.exit());
  // The server keeps the process alive, and must be able to end by itself.
  process.channel?.unref();
}

function report(message: Report): void {
  process.send?.(message);
}

function used(): Used {
  const { user, system } = process.cpuUsage();
  return { cpu: (user + system) / 1000, written: bytesWritten() };
}

function bytesWritten(): number {
  const io = readFileSync('/proc/self/io', 'utf8');
  return Number(/^write_bytes: (\d+)$/m.exec(io)?.[1]);
}
