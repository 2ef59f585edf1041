/** npm passes Ctrl-C on to a process that the terminal has told already: one press, two signals. */
const echo = 500;

const numbers = { SIGINT: 2, SIGTERM: 15 } as const;

/** Resolves at the first SIGINT or SIGTERM; the next one ends the process at once. */
export function stopSignal(): Promise<keyof typeof numbers> {
  const { promise, resolve } = Promise.withResolvers<keyof typeof numbers>();
  let first: number | undefined;
  const hear = (signal: keyof typeof numbers) => {
    first ??= performance.now();
    resolve(signal);
    if (performance.now() - first > echo) process.exit(128 + numbers[signal]);
  };
  process.on('SIGINT', hear);
  process.on('SIGTERM', hear);
  return promise;
}
