import { inject } from 'vitest';

/** A new, empty database in the cluster of this test run; see scripts/postgres-for-tests.ts. */
export function aDatabase(): Promise<string> {
  return ask('/database');
}

/** A cluster of one's own, to be taken down and up. */
export async function aCluster(): Promise<{
  url: string;
  tell(what: 'down' | 'crash' | 'up' | 'stop'): Promise<string>;
}> {
  const { url, control } = JSON.parse(await ask('/cluster')) as { url: string; control: string };
  return { url, tell: (what) => ask(`${control}/${what}`) };
}

async function ask(path: string): Promise<string> {
  const answer = await fetch(new URL(path, inject('postgres')), { method: 'POST' });
  if (!answer.ok) throw new Error(`No PostgreSQL for this test: ${await answer.text()}`);
  return answer.text();
}
