import { StoreUnavailable } from '@valetkey/server';

/** SQLite's primary result codes (the low byte of `errcode`) that say that the database cannot serve now. */
const unavailable: Readonly<Record<number, string>> = {
  5: 'is locked by another process',
  6: 'is locked',
  7: 'got no memory',
  8: 'cannot be written: it is read-only',
  10: 'had an input/output error',
  11: 'is damaged',
  13: 'cannot grow: the disk is full',
  14: 'cannot be opened',
  15: 'had a locking error',
  26: 'is not a SQLite database',
};

/** `StoreUnavailable` for what may pass by itself or by an operator's hand; whatever else went wrong is our fault, as it is. */
export function failureOf(error: unknown, file: string): unknown {
  const why = unavailable[primaryCode(error)];
  return why === undefined ? error : new StoreUnavailable(`The database ${file} ${why}`, { cause: error });
}

export function isLocked(error: unknown): boolean {
  return primaryCode(error) === 5;
}

/** What happened, why, and what to do: for the person who starts the server. */
export function openingFailure(error: unknown, file: string): unknown {
  const why = unavailable[primaryCode(error)];
  const advice = advices[primaryCode(error)];
  if (why === undefined || advice === undefined) return failureOf(error, file);
  return new StoreUnavailable(`The database ${file} ${why}. ${advice}`, { cause: error });
}

const readOnly =
  'Let the user that runs this process write the file and its folder, and mount them writable.';
const damaged = 'Check the path; if it is right, move the file away and restore a backup.';

const advices: Readonly<Record<number, string>> = {
  5: 'Stop the other process that uses it (a second server, a backup, a database shell), or choose another file.',
  8: readOnly,
  10: 'Look at the disk and the system log: the device or the network file system did not do what it was asked.',
  11: damaged,
  13: 'Free some space; what was acknowledged is safe.',
  14: readOnly,
  26: damaged,
};

function primaryCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : 0;
}
