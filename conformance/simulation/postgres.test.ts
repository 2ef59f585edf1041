import { openPostgresStore } from '@valetkey/store-postgres';
import { inject } from 'vitest';
import { describeLives } from './describe-lives.ts';

describeLives('two nodes on PostgreSQL, started anew in between', {
  makePlace: async () => {
    const url = await newDatabase();
    return { open: () => openPostgresStore({ url, poolSize: 4 }) };
  },
  durable: true,
  runs: 10,
});

/** See scripts/postgres-for-tests.ts. */
async function newDatabase(): Promise<string> {
  const answer = await fetch(new URL('/database', inject('postgres')), { method: 'POST' });
  if (!answer.ok) throw new Error(`There is no PostgreSQL for this test: ${await answer.text()}`);
  return answer.text();
}
