import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { aSandbox } from './command-line.fixture.ts';

test('built into one bundle, as `npm run build` does, it serves', async () => {
  const sandbox = aSandbox();
  sandbox.configure();
  const bundle = await rolldown({ input: join(import.meta.dirname, 'cli.ts'), platform: 'node' });
  await bundle.write({ dir: sandbox.path('dist'), format: 'esm' });
  const running = sandbox.start(['serve'], { program: sandbox.path('dist/cli.js') });
  const [, port] = await running.says(/server\.listening.*"port":(\d+)/);
  expect((await fetch(`http://localhost:${port}/readyz`)).status).toBe(200);
  running.signal('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
});
