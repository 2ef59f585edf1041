import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url);

/** Requirement ids that a refusal of the authorization server can rest on, from its source. */
function refusalsInCode(): Set<string> {
  const found = new Set<string>();
  for (const name of ['protocol', 'server', 'http']) {
    const folder = new URL(`packages/${name}/src/`, root);
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.includes('.test.') || file.includes('.fixture.')) continue;
      for (const [, id = ''] of readFileSync(new URL(file, folder), 'utf8').matchAll(
        /'((?:AZ|TK|TN|IR|MD|SB|SL)-\d{3})'/g,
      )) {
        found.add(id);
      }
    }
  }
  return found;
}

test('docs/errors.md names every requirement a refusal rests on, and no other', () => {
  const text = readFileSync(new URL('docs/errors.md', root), 'utf8');
  const documented = new Set(
    [...text.matchAll(/\| ((?:AZ|TK|TN|IR|MD|SB|SL)-\d{3}) \|/g)].map(([, id = '']) => id),
  );
  expect([...documented].toSorted()).toEqual([...refusalsInCode()].toSorted());
});
