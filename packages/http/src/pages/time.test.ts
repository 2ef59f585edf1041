import { describe, expect, it } from 'vitest';
import { absolute, relative } from './instant.ts';
import { minutes, when } from './time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = Date.UTC(2026, 2, 14, 9, 26, 53);

describe('relative', () => {
  it.each([
    [0, 'just now'],
    [-59_999, 'just now'],
    [-MINUTE, '1 minute ago'],
    [-59 * MINUTE, '59 minutes ago'],
    [-HOUR, '1 hour ago'],
    [-3 * DAY - 5 * HOUR, '3 days ago'],
    [-70 * DAY, '2 months ago'],
    [-800 * DAY, '2 years ago'],
  ])('%i ms from now is "%s"', (distance, text) => {
    expect(relative(now + distance, now)).toBe(text);
  });

  it.each([
    [1, 'in 1 minute'],
    [MINUTE + 1, 'in 2 minutes'],
    [HOUR, 'in 1 hour'],
    [HOUR + 1, 'in 2 hours'],
  ])('what lies %i ms ahead is rounded up to "%s"', (distance, text) => {
    expect(relative(now + distance, now)).toBe(text);
  });
});

it('an absolute time carries its zone', () => {
  expect(absolute(now)).toBe('Mar 14, 2026, 09:26 UTC');
  expect(absolute(Date.UTC(2026, 0, 1))).toBe('Jan 1, 2026, 00:00 UTC');
});

it('a shown instant has the relative text, the absolute title and a place in the tab order', () => {
  expect(String(when(now - DAY, now))).toBe(
    '<time datetime="2026-03-13T09:26:53.000Z" title="Mar 13, 2026, 09:26 UTC" tabindex="0">1 day ago</time>',
  );
});

it('one minute is not plural', () => {
  expect([minutes(1), minutes(10)]).toEqual(['1 minute', '10 minutes']);
});
