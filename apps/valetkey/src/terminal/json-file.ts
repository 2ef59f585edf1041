import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCodes, Problem } from './problem.ts';

/** What a file that was named on the command line holds. Throws `Problem`. `what`: what it should be, as `a key set`. */
export function readJsonFile(name: string, what: string): unknown {
  const text = readNamedFile(name);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Not the parser's words: they quote the file, which may hold a key.
    throw unfitFile(name, { what, why: 'It is not JSON.', cause });
  }
}

/** Like `readJsonFile`, for what has to be an object. */
export function readJsonObject(name: string, what: string): Record<string, unknown> {
  const json = readJsonFile(name, what);
  if (isObject(json)) return json;
  throw unfitFile(name, { what, why: 'It holds no JSON object.' });
}

/** The text of a file that was named on the command line. Throws `Problem`. */
export function readNamedFile(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const explanation = {
      exitCode: exitCodes.unknown,
      what: `The file ${name} cannot be read.`,
      why: isMissing ? `${resolve(name)} is not there.` : (cause as Error).message,
      fix: 'Name a file that is there; relative names start from the working directory.',
    };
    throw new Problem(explanation, { cause });
  }
}

/** A file that does not hold what it should. */
export function unfitFile(
  name: string,
  { what, why, cause }: { what: string; why: string; cause?: unknown },
): Problem {
  const explanation = {
    exitCode: exitCodes.data,
    what: `The file ${name} is not ${what}.`,
    why,
    fix: 'Mend the file, then try again.',
  };
  return new Problem(explanation, { cause });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
