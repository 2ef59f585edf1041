import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Requirement, requirements } from './requirements.ts';

const root = new URL('..', import.meta.url).pathname;
const idPattern = /\b(?:AZ|TK|TN|IR|MD|SL|RS|CL|SB|FP|MC)-\d{3}\b/g;

/** Requirement ids in the titles of tests and of groups of tests, with the files they stand in. */
function idsInTitles(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of globSync('{packages,apps,conformance,examples}/**/*.test.{ts,tsx}', { cwd: root })) {
    if (file.includes('node_modules')) continue;
    for (const title of titlesIn(readFileSync(root + file, 'utf8'))) {
      for (const [id] of title.matchAll(idPattern)) found.set(id, [...(found.get(id) ?? []), file]);
    }
  }
  return found;
}

/**
 * First arguments of `test(`, `it(` and `describe(`, also behind `.each(rows)`. An id elsewhere, as in what a refusal is
 * expected to say, makes no test. A title that begins with a value of its row takes its ids from the rows.
 */
function titlesIn(source: string): string[] {
  return [...source.matchAll(/\b(?:test|it|describe)(\.\w+)*(?=\()/g)].flatMap(({ 0: call, index }) => {
    const start = index + call.length;
    if (!/\.(each|for)$/.test(call)) return [titleAt(source, start)];
    const end = endOfCall(source, start);
    const title = titleAt(source, end);
    return /^[%$]/.test(title) ? [title, source.slice(start, end)] : [title];
  });
}

/** The text that a call begins with, its parenthesis being at `start`; empty if it begins with something else. */
function titleAt(source: string, start: number): string {
  return /^\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1/.exec(source.slice(start, start + 2000))?.[2] ?? '';
}

/** Behind the parenthesis that closes the one at `start`; parentheses inside texts do not count. */
function endOfCall(source: string, start: number): number {
  let depth = 0;
  for (const { 0: token, index } of source.slice(start).matchAll(/(['"`])(?:(?!\1)[^\\]|\\.)*\1|[()]/g)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth === 0) return start + index + 1;
  }
  return source.length;
}

test('titles are read as they are written, and nothing else is', () => {
  const source = `
    test('AZ-001: it\\'s "one"', () => expect(requirement).toBe('AZ-002'));
    describe("AZ-003", () => it(\`AZ-004 \${x}\`, f));
    test.each([['AZ-005 ('], [')']])('AZ-006: %s', f);
    test.each([['AZ-007: a'], ['AZ-008: b (c)']])('%s', f);
    expect(test).toBe('AZ-009');
    tests('AZ-010'); latest('AZ-011'); test(name('AZ-012'), f);`;
  const ids = titlesIn(source).flatMap((title) => title.match(idPattern) ?? []);
  expect(ids).toEqual(['AZ-001', 'AZ-003', 'AZ-004', 'AZ-006', 'AZ-007', 'AZ-008']);
});

test('the manifest holds 506 requirements, each once', () => {
  expect(requirements.length).toBe(506);
  expect(new Set(requirements.map(({ id }) => id)).size).toBe(506);
  for (const { id, level, parties, scope } of requirements) {
    expect(id).toMatch(/^[A-Z]{2}-\d{3}$/);
    expect(['MUST', 'SHOULD', 'MAY']).toContain(level);
    expect(parties).toMatch(/^(AS|client|RS)(, (AS|client|RS))*$/);
    expect(scope).toMatch(/^[a-z][a-z0-9_-]+$/);
  }
});

/** All that binds the authorization server, and of the other parties what the plain flow needs. */
function isRequired({ parties, scope }: Requirement): boolean {
  return scope === 'flow' || parties.split(', ').includes('AS');
}

test('every requirement that holds now has a test that names it', () => {
  const tested = idsInTitles();
  const untested = requirements.filter(
    (requirement) => isRequired(requirement) && !tested.has(requirement.id),
  );
  expect(untested.map(({ id, parties }) => `${id} (${parties})`)).toEqual([]);
});

test('no test names a requirement that does not exist', () => {
  const known = new Set(requirements.map(({ id }) => id));
  const unknown = [...idsInTitles()].filter(([id]) => !known.has(id));
  expect(unknown).toEqual([]);
});
