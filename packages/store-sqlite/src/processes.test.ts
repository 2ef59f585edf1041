import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { aFolder } from './folder.fixture.ts';
import { openSqliteStore } from './index.ts';

test('of three processes that open one new file and race, one gets each code and each generation', async () => {
  const { file } = aFolder();
  const program = new URL('processes.fixture.ts', import.meta.url).pathname;
  const run = () => promisify(execFile)(process.execPath, [program, file]);
  const answers = await Promise.all([run(), run(), run()]);
  const granted = answers.map(({ stdout }) => JSON.parse(stdout) as { opened: number; advanced: number });
  expect(granted.reduce((sum, { opened }) => sum + opened, 0)).toBe(100);
  expect(granted.reduce((sum, { advanced }) => sum + advanced, 0)).toBe(100);
  const store = await openSqliteStore({ file });
  for (let i = 0; i < 100; i += 1) {
    expect(await store.grants.find(`grant-${i}`)).toMatchObject({ generation: 1 });
  }
  await store.close();
});
