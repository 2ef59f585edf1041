import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { requirements } from './requirements.ts';

const root = new URL('..', import.meta.url).pathname;
const idPattern = /\b(?:AZ|TK|TN|IR|MD|SL|RS|CL|SB|FP|MC)-\d{3}\b/g;

/** Requirement ids in the titles of tests and of groups of tests, with the files they stand in. */
function idsInTitles(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of globSync('{packages,apps,conformance,examples}/**/*.test.ts', { cwd: root })) {
    if (file.includes('node_modules')) continue;
    for (const title of titles(readFileSync(root + file, 'utf8'))) {
      for (const [id] of title.matchAll(idPattern)) found.set(id, [...(found.get(id) ?? []), file]);
    }
  }
  return found;
}

/** The first argument of `test(`, `it(`, `describe(` and their `.each(...)(` forms; rows of `each` tables too. */
function titles(source: string): string[] {
  return [...source.matchAll(/(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1/g)]
    .map(([, , text = '']) => text)
    .filter((text) => text.search(idPattern) !== -1);
}

test('the manifest holds 506 requirements, each once', () => {
  expect(requirements.length).toBe(506);
  expect(new Set(requirements.map(({ id }) => id)).size).toBe(506);
});

test('every requirement of the flow has a test that names it', () => {
  const tested = idsInTitles();
  const untested = requirements.filter(({ id, scope }) => scope === 'flow' && !tested.has(id));
  expect(untested.map(({ id, parties }) => `${id} (${parties})`)).toEqual([]);
});

test('no test names a requirement that does not exist', () => {
  const known = new Set(requirements.map(({ id }) => id));
  const unknown = [...idsInTitles()].filter(([id]) => !known.has(id));
  expect(unknown).toEqual([]);
});
