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

/** The name by which a heading is linked to: lower case, without punctuation, blanks as hyphens. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test.each(documents)('%s links to headings that are there', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const targets = [...text.matchAll(/\]\(([^)\s:]*\.md)?#([^)\s]+)\)/g)];
  const missing = targets.filter(([, file, anchor = '']) => {
    const page = file === undefined ? text : readFileSync(join(root, dirname(document), file), 'utf8');
    return !anchorsIn(page).includes(anchor);
  });
  expect(missing.map(([link]) => link)).toEqual([]);
});
