import process from 'node:process';
import { aGrant, hour, noon } from '@valetkey/store-contract';
import { openSqliteStore } from './index.ts';

/** Redeems a hundred codes and refreshes each grant once, eight at a time; says how often each was granted to it. */
const store = await openSqliteStore({ file: process.argv[2] ?? '' });
const ids = Array.from({ length: 100 }, (_, i) => `grant-${i}`);
const granted = { opened: 0, advanced: 0 };

async function work(): Promise<void> {
  for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
    if ((await store.grants.open(aGrant({ id }))) === 'opened') granted.opened += 1;
    const answer = await store.grants.advance({ id, generation: 0, now: noon, idle: hour });
    if (answer.outcome === 'advanced') granted.advanced += 1;
  }
}

await Promise.all(Array.from({ length: 8 }, work));
await store.close();
process.stdout.write(JSON.stringify(granted));
