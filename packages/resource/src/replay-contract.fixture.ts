import { createHash, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ReplayStore } from './index.ts';

/** As the guard makes it: 43 letters of base64url. */
const newKey = () => createHash('sha256').update(randomUUID()).digest('base64url');

const MINUTE = 60_000;

/** What every store of used proofs promises. `open` gives two handles of one store, as two processes have them. */
export function replayContract(open: () => Promise<readonly [ReplayStore, ReplayStore]>): void {
  test('RS-055 SB-035 TN-076 of 50 racers on one proof, through both handles, one is the first', async () => {
    const [one, other] = await open();
    const now = Date.now();
    for (let round = 0; round < 5; round += 1) {
      const key = newKey();
      const racers = Array.from({ length: 50 }, (_, index) =>
        (index % 2 ? one : other).use(key, now + MINUTE, now),
      );
      const uses = await Promise.all(racers);
      expect(uses.filter((use) => use === 'first')).toHaveLength(1);
      expect(uses.filter((use) => use === 'again')).toHaveLength(49);
    }
  });

  test('TN-076 a used proof stays used, through the other handle too, and others are not touched', async () => {
    const [one, other] = await open();
    const [key, another] = [newKey(), newKey()];
    const now = Date.now();
    expect(await one.use(key, now + MINUTE, now)).toBe('first');
    expect(await other.use(key, now + 2 * MINUTE, now + 1)).toBe('again');
    expect(await one.use(another, now + MINUTE, now)).toBe('first');
    expect(await one.use(key, now + MINUTE, now)).toBe('again');
  });

  test('RS-055 fifty proofs at once are fifty firsts', async () => {
    const [one, other] = await open();
    const now = Date.now();
    const uses = Array.from({ length: 50 }, (_, index) =>
      (index % 2 ? one : other).use(newKey(), now + MINUTE, now),
    );
    expect(new Set(await Promise.all(uses))).toEqual(new Set(['first']));
  });

  test('RS-055 what has expired is forgotten', async () => {
    const [one, other] = await open();
    const key = newKey();
    const now = Date.now();
    expect(await one.use(key, now + 30, now)).toBe('first');
    await expect.poll(() => other.use(key, Date.now() + 30, Date.now())).toBe('first');
  });
}
