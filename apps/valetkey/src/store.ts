import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { type Store, StoreUnavailable } from '@valetkey/server';
import type { StoreSettings } from './config/deployment.ts';
import { exitCodes, Problem } from './terminal/problem.ts';

const pause = 500;

/** Opens the store and brings its schema up to date. Loads the driver that is needed, and no other. */
export async function openStore(settings: StoreSettings): Promise<Store> {
  try {
    return 'sqlite' in settings ? await openSqlite(settings.sqlite) : await openPostgres(settings);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeProblem(error) : error;
  }
}

/** Tries again, for so many milliseconds, while the database cannot be reached. */
export async function openStoreWithin(settings: StoreSettings, wait: number): Promise<Store> {
  const end = performance.now() + wait;
  for (;;) {
    try {
      return await openStore(settings);
    } catch (error) {
      const unreachable = error instanceof Problem && error.exitCode === exitCodes.unavailable;
      if (!unreachable || performance.now() + pause > end) throw error;
      await pass(pause);
    }
  }
}

async function openSqlite(file: string): Promise<Store> {
  const { openSqliteStore } = await import('@valetkey/store-sqlite');
  makeFolder(dirname(file));
  return openSqliteStore({ file });
}

async function openPostgres({
  postgres: url,
  poolSize,
}: {
  postgres: string;
  poolSize: number;
}): Promise<Store> {
  const { openPostgresStore } = await import('@valetkey/store-postgres');
  return openPostgresStore({ url, poolSize });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const explanation = {
      exitCode: exitCodes.cannotCreate,
      what: `The folder ${folder} of the database cannot be made.`,
      why: (cause as Error).message,
      fix: 'Make it yourself, or name another file under `store` in the configuration.',
    };
    throw new Problem(explanation, { cause });
  }
}

/** A store says in one text why, and often what to do. */
export function storeProblem(error: StoreUnavailable): Problem {
  const [, why = error.message, advice = ''] = /^(.*?\.)\s+(.+)$/s.exec(error.message) ?? [];
  const explanation = {
    exitCode: exitCodes.unavailable,
    what: 'The database cannot be used.',
    why: why.endsWith('.') ? why : `${why}.`,
    fix:
      advice === '' ? 'See that it runs and can be reached, and check `store` in the configuration.' : advice,
  };
  return new Problem(explanation, { cause: error });
}
