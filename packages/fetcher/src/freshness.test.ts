import { expect, test } from 'vitest';
import { freshForSeconds } from './freshness.ts';

const noon = Date.parse('2026-06-01T12:00:00Z');
const date = 'Mon, 01 Jun 2026 12:00:00 GMT';

test.each([
  [{}, null],
  [{ 'cache-control': 'max-age=300' }, 300],
  [{ 'cache-control': 'public, Max-Age="60", must-revalidate' }, 60],
  [{ 'cache-control': 'max-age=60, max-age=600' }, 60],
  [{ 'cache-control': 'max-age=300', age: '250' }, 50],
  [{ 'cache-control': 'max-age=300', age: '301' }, 0],
  [{ 'cache-control': 'max-age=300', age: 'old' }, 300],
  [{ 'cache-control': 'max-age=-1' }, 0],
  [{ 'cache-control': 'max-age' }, 0],
  [{ 'cache-control': 'max-age=99999999999999999999' }, 2 ** 31],
  [{ 'cache-control': 'max-age=300, no-store' }, 0],
  [{ 'cache-control': 'no-cache' }, 0],
  [{ 'cache-control': 'no-cache="Set-Cookie"' }, 0],
  [{ 'cache-control': 'public' }, null],
  [{ 'cache-control': 'max-age=5', expires: 'Mon, 01 Jun 2026 13:00:00 GMT', date }, 5],
  [{ expires: 'Mon, 01 Jun 2026 13:00:00 GMT', date }, 3600],
  [{ expires: 'Mon, 01 Jun 2026 12:01:00 GMT', date: 'Mon, 01 Jun 2026 11:59:00 GMT' }, 120],
  [{ expires: 'Mon, 01 Jun 2026 12:01:00 GMT' }, 60],
  [{ expires: 'Mon, 01 Jun 2026 11:00:00 GMT', date }, 0],
  [{ expires: '0', date }, 0],
  [{ expires: 'never', date }, 0],
])('%j is fresh for %s seconds', (headers, seconds) => {
  expect(freshForSeconds(headers, noon)).toBe(seconds);
});
