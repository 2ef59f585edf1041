import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeOrderedId } from './ids.ts';

test('later ids sort after earlier ones, as strings', () => {
  const instants = fc.tuple(fc.nat(2 ** 31), fc.nat(2 ** 31)).filter(([a, b]) => a !== b);
  fc.assert(
    fc.property(instants, ([a, b]) => {
      const [first, second] = [a * 4096, b * 4096].map((now) => timeOrderedId(now, randomBytes));
      expect((first ?? '') < (second ?? '')).toBe(a < b);
    }),
  );
});

test('AZ-083, SB-030: 128 random bits follow the time', () => {
  const ids = Array.from({ length: 1000 }, () => timeOrderedId(1_764_000_000_000, randomBytes));
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{30}$/);
  expect(new Set(ids.map((id) => id.slice(0, 7))).size).toBe(1);
});
