import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { print, printWarning } from '../terminal/print.ts';
import { exitCodes, Problem } from '../terminal/problem.ts';
import { newRootKey } from './root-key.ts';
import { starterConfig } from './starter-config.ts';

const configFile = 'valetkey.config.ts';
const rootKeyFile = 'valetkey.root-key';

/** `valetkey init` */
export function init(): void {
  for (const file of [configFile, rootKeyFile])
    if (existsSync(file)) throw cannotCreate(file, 'It is there already.');
  create(rootKeyFile, `${newRootKey()}\n`);
  create(configFile, starterConfig);
  print(`Wrote ${configFile} and ${rootKeyFile}. Next:\n`);
  print('  1. Read the configuration and make it yours.');
  print('  2. valetkey user add ada');
  print('  3. valetkey client add --help');
  print('  4. valetkey serve\n');
  printWarning(`Keep ${rootKeyFile} out of version control and apart from database backups.`);
}

function create(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw cannotCreate(file, (error as Error).message);
  }
}

function cannotCreate(file: string, why: string): Problem {
  return new Problem({
    exitCode: exitCodes.cannotCreate,
    what: `${resolve(file)} cannot be made.`,
    why,
    fix: 'Give the command in an empty folder that you may write to.',
  });
}
