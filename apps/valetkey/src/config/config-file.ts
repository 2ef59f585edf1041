import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '@valetkey/server';
import { exitCodes, Problem } from '../terminal/problem.ts';
import { type Deployment, readDeployment } from './deployment.ts';

const usualNames = ['valetkey.config.ts', 'valetkey.config.json'];

/** Reads the configuration that was named, or the one in the working directory. Throws `Problem` with all its faults. */
export async function loadDeployment(named: string | undefined): Promise<Deployment> {
  const file = findConfigFile(named);
  const input = await readFile(file);
  try {
    return readDeployment(input, dirname(file));
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw faulty(file, cause);
  }
}

function findConfigFile(named: string | undefined): string {
  const candidates = named === undefined ? usualNames : [named];
  const found = candidates.map((name) => resolve(name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Problem({
    exitCode: exitCodes.config,
    what: 'There is no configuration.',
    why:
      named === undefined
        ? `${process.cwd()} has no ${usualNames.join(' and no ')}.`
        : `${resolve(named)} is not there.`,
    fix: 'Make one with `valetkey init`, or name yours with --config FILE.',
  });
}

async function readFile(file: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'));
    const module: { default?: unknown } = await import(pathToFileURL(file).href);
    if (module.default !== undefined) return module.default;
  } catch (cause) {
    const options = { exitCode: exitCodes.config, what: `The configuration ${file} cannot be read.` };
    throw new Problem(
      { ...options, why: firstLine(cause), fix: 'Mend the file, then try again.' },
      { cause },
    );
  }
  throw new Problem({
    exitCode: exitCodes.config,
    what: `The configuration ${file} cannot be read.`,
    why: 'It has no default export.',
    fix: 'Export the configuration: `export default defineConfig({ ... })`.',
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

function faulty(file: string, cause: ConfigError): Problem {
  const { faults } = cause;
  const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  const explanation = {
    exitCode: exitCodes.config,
    what: `The configuration ${file} has ${count}.`,
    why: faults,
    fix: `Mend ${faults.length === 1 ? 'it' : 'them'}, then try again. Nothing was started or changed.`,
  };
  return new Problem(explanation, { cause });
}
