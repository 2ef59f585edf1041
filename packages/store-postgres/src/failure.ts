import { StoreUnavailable } from '@valetkey/server';
import pg from 'pg';

/** Classes of SQLSTATE, or whole codes, that say that the database cannot serve now. */
const unavailable: Readonly<Record<string, string>> = {
  '08': 'lost the connection',
  '28': 'does not let us in',
  '3D': 'is not there',
  '40': 'could not order this among other transactions',
  '53': 'has no room, memory or connection left',
  '57': 'stopped what it was doing',
  '58': 'had an error of its system',
  XX: 'had an internal error',
  '25006': 'is read-only (a standby?)',
  '55P03': 'did not get a lock',
};

/** `StoreUnavailable` for what may pass by itself or by an operator's hand; whatever else went wrong is our fault, as it is. */
export function failureOf(error: unknown): unknown {
  if (error instanceof StoreUnavailable || !(error instanceof Error)) return error;
  if (isBroken(error) && !(error instanceof pg.DatabaseError)) {
    return new StoreUnavailable(`The database does not answer: ${reasonOf(error)}`, { cause: error });
  }
  const code = codeOf(error);
  const why = unavailable[code] ?? unavailable[code.slice(0, 2)];
  return why === undefined
    ? error
    : new StoreUnavailable(`The database ${why}: ${error.message}`, { cause: error });
}

/** Node tells of a host with several addresses, none of which answers, by a code only. */
function reasonOf(error: Error): string {
  return error.message || ('code' in error ? String(error.code) : error.name);
}

/** What happened, why, and what to do: for the person who starts the server. */
export function openingFailure(error: unknown, url: string): unknown {
  const advice = advices[codeOf(error)] ?? advices[codeOf(error).slice(0, 2)] ?? advices['08'];
  const failure = failureOf(error);
  if (!(failure instanceof StoreUnavailable) || failure === error) return failure;
  return new StoreUnavailable(`${failure.message} (at ${placeOf(url)}). ${advice}`, { cause: error });
}

const advices: Readonly<Record<string, string>> = {
  '08': 'Check that PostgreSQL is running and can be reached from here, and the URL.',
  '28': 'Check user and password in the URL, and pg_hba.conf.',
  '3D': 'Make it (CREATE DATABASE), or check the URL.',
  '53': 'Raise max_connections, lower poolSize, or free some space.',
  '25006': 'Let the URL name the primary server.',
};

/** The URL without its password. */
function placeOf(url: string): string {
  const place = URL.parse(url);
  return place ? `${place.host}${place.pathname}` : 'an address that is no URL';
}

/** The transaction was undone because of others, and may be tried again as it is: nothing of it has happened. */
export function isUndone(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error));
}

/**
 * The connection broke: whether the statement was carried out is not known. What is not from the server comes from the
 * socket or from the client's handling of it; mistakes of ours are type errors, and what has been judged is no news.
 */
export function isBroken(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|57P0)/.test(codeOf(error));
  const ours = [StoreUnavailable, TypeError, RangeError].some((type) => error instanceof type);
  return error instanceof Error && !ours;
}

/** The connection is well, but its server cannot be written any more: it has become a standby. */
export function isDemoted(error: unknown): boolean {
  return codeOf(error) === '25006';
}

export function codeOf(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}
