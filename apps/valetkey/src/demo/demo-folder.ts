import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, newSecretValue } from '@valetkey/server';
import { newRootKey, readRootKey } from '../config/root-key.ts';
import { exitCodes, Problem } from '../terminal/problem.ts';

export interface DemoFolder {
  readonly database: string;
  readonly rootKey: Uint8Array;
  readonly printShopSecret: string;
}

/** The folder that keeps the demo from one start to the next; made at the first, for its user only. */
export function openDemoFolder(name: string): DemoFolder {
  const folder = resolve(name);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    keep(join(folder, 'root-key'), newRootKey);
    return {
      database: join(folder, 'valetkey.db'),
      rootKey: readRootKey({ file: 'root-key' }, folder),
      printShopSecret: keep(join(folder, 'print-shop-secret'), () => newSecretValue(randomBytes)),
    };
  } catch (cause) {
    throw unusable(folder, cause);
  }
}

/** What the file holds, made if it is not there yet. */
function keep(file: string, make: () => string): string {
  try {
    writeFileSync(file, `${make()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

function unusable(folder: string, cause: unknown): Problem {
  const explanation = {
    exitCode: exitCodes.cannotCreate,
    what: `The folder ${folder} cannot be used.`,
    why: cause instanceof ConfigError ? cause.faults : (cause as Error).message,
    fix: 'Start where you may write, or delete the folder to start anew.',
  };
  return new Problem(explanation, { cause });
}
