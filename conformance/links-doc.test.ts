import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const documents = globSync('{*.md,docs/**/*.md}', { cwd: root });

test('every document is read', () => {
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/fapi.md', 'docs/mcp.md']));
});

test.each(documents)('%s links to what is there', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target.split('#')[0] ?? '');
  const local = targets.filter((target) => target !== '' && !/^[a-z]+:/.test(target));
  const missing = local.filter((target) => !existsSync(join(root, dirname(document), target)));
  expect(missing).toEqual([]);
});
