import { writeSync } from 'node:fs';
import process from 'node:process';
import { aGrant, hour, noon } from '@valetkey/store-contract';
import { openSqliteStore } from './index.ts';

/**
 * Opens and advances grants for ever, eight at a time, and says on standard output what was answered: `opened ID` and
 * `advanced ID GENERATION`. Its parent kills it.
 */
const store = await openSqliteStore({ file: process.argv[2] ?? '' });

async function work(): Promise<never> {
  for (;;) {
    const grant = aGrant();
    await store.grants.open(grant);
    writeSync(1, `opened ${grant.id} 0\n`);
    for (let generation = 0; generation < 3; generation += 1) {
      await store.grants.advance({ id: grant.id, generation, now: noon, idle: hour });
      writeSync(1, `advanced ${grant.id} ${generation + 1}\n`);
    }
  }
}

await Promise.all(Array.from({ length: 8 }, work));
