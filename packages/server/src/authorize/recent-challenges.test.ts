import { expect, test } from 'vitest';
import { RecentChallenges } from './recent-challenges.ts';

test('AZ-037: the same challenge in another transaction of the same client is noticed', () => {
  const seen = new RecentChallenges();
  expect(seen.repeats('shop', 'challenge', 'state-1')).toBe(false);
  expect(seen.repeats('shop', 'challenge', 'state-1')).toBe(false);
  expect(seen.repeats('other', 'challenge', 'state-2')).toBe(false);
  expect(seen.repeats('shop', 'challenge', 'state-2')).toBe(true);
});

test('only so many are remembered, the newest', () => {
  const seen = new RecentChallenges(2);
  seen.repeats('shop', 'a', '1');
  seen.repeats('shop', 'b', '1');
  seen.repeats('shop', 'c', '1');
  expect(seen.repeats('shop', 'c', '2')).toBe(true);
  expect(seen.repeats('shop', 'a', '2')).toBe(false);
});
