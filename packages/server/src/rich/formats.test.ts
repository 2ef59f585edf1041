import { expect, test } from 'vitest';
import { formats } from './formats.ts';

function fits(format: string, text: string): boolean {
  const known = formats[format];
  if (known === undefined) return expect.unreachable(format);
  return known instanceof RegExp ? known.test(text) : known(text);
}

test.each([
  [
    'date',
    ['2026-02-28', '2028-02-29'],
    [
      '2026-02-29',
      '1900-02-29',
      '2026-00-10',
      '2026-04-31',
      '2026-04-00',
      '2026-13-01',
      '26-02-01',
      '2026-02-01T00:00:00Z',
      '',
    ],
  ],
  [
    'date-time',
    ['2026-02-28T23:59:60Z', '2026-02-28t00:00:00.123+02:00'],
    [
      '2026-02-28',
      '2026-02-28T24:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026-02-28T00:00:00',
      '2026-02-28T00:60:00Z',
    ],
  ],
  ['email', ['ada@print.example'], ['ada', 'a@b@c', 'a b@c', '@c']],
  ['uri', ['https://print.example/a?b#c', 'urn:x'], ['print.example', '/a', 'https://a b']],
  ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567e89b12d3a456426614174000', 'x']],
])('AZ-096: %s', (format, good, bad) => {
  expect(good.filter((text) => !fits(format, text))).toEqual([]);
  expect(bad.filter((text) => fits(format, text))).toEqual([]);
});
