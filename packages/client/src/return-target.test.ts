import fc from 'fast-check';
import { expect, test } from 'vitest';
import { returnTarget } from './return-target.ts';
import { stage, start } from './stage.fixture.ts';

const ORIGIN = 'https://app.example';

test.each([
  ['/photos', '/photos'],
  ['/photos?page=2#last', '/photos?page=2#last'],
  ['/a/../photos', '/photos'],
  ['/search?next=https://evil.example', '/search?next=https://evil.example'],
])('CL-007 the path %s is kept', (wanted, target) => {
  expect(returnTarget(wanted, ORIGIN)).toBe(target);
});

test.each([
  ['two slashes', '//evil.example'],
  ['slash and backslash', '/\\evil.example'],
  ['backslashes', '\\\\evil.example'],
  ['a backslash later on', '/photos\\..\\evil'],
  ['another origin', 'https://evil.example/'],
  ['a scheme without slashes', 'https:evil.example'],
  ['the own origin spelled out', 'https://app.example/photos'],
  ['script', 'javascript:alert(1)'],
  ['data', 'data:text/html,hello'],
  ['a tab between slashes', '/\t/evil.example'],
  ['a newline between slashes', '/\n/evil.example'],
  ['a header split', '/photos\r\nset-cookie: a=b'],
  ['a leading blank', ' /photos'],
  ['a null character', '/\0/evil.example'],
  ['delete', '/\x7f/evil.example'],
  ['dot segments that leave two slashes', '/..//evil.example'],
  ['encoded dot segments that leave two slashes', '/%2e%2e//evil.example'],
  ['dot segments before a backslash', '/.\\/evil.example'],
  ['a user name', '/@evil.example'.slice(1)],
  ['nothing', ''],
  ['something far too long', `/${'a'.repeat(2_000)}`],
])('CL-007 %s leads to the start page', (_, wanted) => {
  expect(returnTarget(wanted, ORIGIN)).toBe('/');
});

test('CL-007 no text whatever leaves the origin', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2f',
    '%5c',
    '%2e',
    '@',
    ':',
    '?',
    '#',
    '\t',
    '\n',
    'evil.example',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces).map((parts) => parts.join('')),
    fc.webUrl(),
  );
  fc.assert(
    fc.property(text, (wanted) => {
      const target = returnTarget(wanted, ORIGIN);
      expect(target).toMatch(/^\/(?![/\\])/);
      expect(new URL(target, ORIGIN).origin).toBe(ORIGIN);
    }),
    { numRuns: 2_000 },
  );
});

test('CL-007 the callback sends the person to the path that begin was given, and nowhere else', async () => {
  const go = async (returnTo: string) => {
    const one = stage();
    const answer = one.server.approve(await start(one, returnTo));
    return (await one.client.callback(one.browser.get(answer))).headers.get('location');
  };
  expect(await go('/photos')).toBe('https://app.example/photos');
  expect(await go('//evil.example')).toBe('https://app.example/');
});
