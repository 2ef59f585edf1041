import { expect, test } from 'vitest';
import { inWords } from './relative-time.ts';

test.each([
  [-5_000, 'now'],
  [0, 'now'],
  [1_000, '1 second'],
  [59_600, '1 minute'],
  [598_000, '9 minutes 58 seconds'],
  [600_000, '10 minutes'],
  [3_601_000, '1 hour'],
  [7_260_000, '2 hours 1 minute'],
])('%i ms is %s', (milliseconds, words) => {
  expect(inWords(milliseconds)).toBe(words);
});
