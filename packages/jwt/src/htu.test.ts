import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeHtu } from './index.ts';

test.each([
  ['HTTPS://RS.example:443/a', 'https://rs.example/a'],
  ['http://rs.example:80', 'http://rs.example/'],
  ['https://rs.example:8443/a', 'https://rs.example:8443/a'],
  ['https://rs.example/a?b=c#d', 'https://rs.example/a'],
  ['https://rs.example?b=/c', 'https://rs.example/'],
  ['https://rs.example/a?b=100%', 'https://rs.example/a'],
  ['https://rs.example/a/./b/../c', 'https://rs.example/a/c'],
  ['https://rs.example/a/%2e%2E/c', 'https://rs.example/c'],
  ['https://rs.example/%7euser/%41%2d', 'https://rs.example/~user/A-'],
  ['https://rs.example/a%2fb%3a', 'https://rs.example/a%2Fb%3A'],
  ['https://rs.example/a%2eb', 'https://rs.example/a.b'],
  ['https://[::1]:3000/a', 'https://[::1]:3000/a'],
])('TN-074: %s is %s', (url, normalized) => {
  expect(normalizeHtu(url)).toBe(normalized);
});

test.each([
  ['https://rs.example/a', 'https://rs.example/A'],
  ['https://rs.example/a', 'https://rs.example/a/'],
  ['https://rs.example/a', 'http://rs.example/a'],
  ['https://rs.example/a/b', 'https://rs.example/a%2Fb'],
  ['https://rs.example/a', 'https://rs.example:444/a'],
  ['https://rs.example/a', 'https://rs.example.org/a'],
  ['https://rs.example/a', 'https://rs.example/a%00'],
])('TN-073: %s and %s stay two', (one, other) => {
  expect(normalizeHtu(one)).not.toBe(normalizeHtu(other));
});

test.each([
  '',
  '/a',
  'rs.example/a',
  '//rs.example/a',
  'ftp://rs.example/a',
  'https:rs.example/a',
  'https:/rs.example/a',
  'https:///rs.example/a',
  'https://?a',
  'https://user@rs.example/a',
  'https://user:secret@rs.example/a',
  'https://rs.example\\a',
  'https://rs.example/ a',
  ' https://rs.example/a',
  'https://rs.example/a\n',
  'https://rs.exa\tmple/a',
  'https://rs.example:99999/a',
  'https://rs.example/100%',
  'https://rs.example/%%32%65',
])('TN-073: %j is not a URL to compare', (url) => {
  expect(normalizeHtu(url)).toBeUndefined();
});

test('TN-074: what is normalized stays as it is, and no string is too odd', () => {
  const path = fc.array(
    fc.constantFrom(
      '/',
      '.',
      '..',
      '%',
      '%2',
      '%2e',
      '%7E',
      '%7e',
      '%2F',
      'a',
      'Z',
      '?',
      '#',
      '%25',
      '%32%65',
      'ü',
      '|',
    ),
  );
  const url = fc.tuple(fc.constantFrom('https://rs.example', 'HTTP://A:80', 'https://[::1]'), path);
  const text = fc.oneof(
    url.map(([origin, pieces]) => `${origin}/${pieces.join('')}`),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (one) => {
      const normalized = normalizeHtu(one);
      if (normalized === undefined) return;
      expect(normalized).toMatch(/^https?:\/\/[^?#\s]+$/);
      expect(normalizeHtu(normalized)).toBe(normalized);
    }),
    { numRuns: 2000 },
  );
});
