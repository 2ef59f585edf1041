import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { aGrant } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { aFolder } from './folder.fixture.ts';
import { openSqliteStore } from './index.ts';

async function answeredBeforeDeath(file: string, milliseconds: number): Promise<Map<string, number>> {
  const program = new URL('crash.fixture.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await once(child.stdout, 'data');
  await setTimeout(milliseconds);
  child.kill('SIGKILL');
  await once(child, 'close');
  const generations = new Map<string, number>();
  for (const line of output.split('\n').slice(0, -1)) {
    const [, id = '', generation] = line.split(' ');
    generations.set(id, Number(generation));
  }
  return generations;
}

test('a process that is killed loses nothing of what it has answered', async () => {
  const folder = aFolder();
  for (const milliseconds of [10, 150, 300]) {
    const answered = await answeredBeforeDeath(folder.file, milliseconds);
    expect(answered.size).toBeGreaterThan(0);
    const store = await openSqliteStore({ file: folder.file });
    const check = async ([id, generation]: readonly [string, number]) => {
      const grant = await store.grants.find(id);
      // One more than was answered: the step that was under way when the process died.
      expect([generation, generation + 1]).toContain(grant?.generation);
      expect(await store.grants.open(aGrant({ id }))).toBe('replayed');
    };
    // All at once, so that they share their commits: a busy machine may have answered thousands.
    await Promise.all([...answered].map(check));
    await store.check();
    await store.close();
  }
});
