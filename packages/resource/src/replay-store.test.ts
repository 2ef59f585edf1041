import { describe, expect, test } from 'vitest';
import { memoryReplay } from './index.ts';
import { replayContract } from './replay-contract.fixture.ts';

describe('used proofs in memory', () => {
  replayContract(async () => {
    const store = memoryReplay();
    return [store, store];
  });

  test('RS-055 two of them know nothing of each other: one is good for one process', async () => {
    const [one, other] = [memoryReplay(), memoryReplay()];
    expect(await one.use('key', 1_000, 0)).toBe('first');
    expect(await other.use('key', 1_000, 0)).toBe('first');
  });

  test('SB-024 a full one fails instead of forgetting, until something expires', async () => {
    const store = memoryReplay({ most: 3 });
    for (const key of ['a', 'b', 'c']) expect(await store.use(key, 1_000, 0)).toBe('first');
    await expect(store.use('d', 1_000, 999)).rejects.toThrow('3 proofs are kept');
    expect(await store.use('a', 1_000, 999)).toBe('again');
    expect(await store.use('d', 2_000, 1_000)).toBe('first');
    expect(await store.use('a', 2_000, 1_000)).toBe('first');
  });

  test('RS-055 under steady use it keeps each proof until it expires, and no more than twice as many', async () => {
    const store = memoryReplay({ most: 250 });
    for (let now = 0; now < 2_000; now += 1) {
      expect(await store.use(`${now}`, now + 100, now)).toBe('first');
      const early = Math.max(0, now - 99);
      expect(await store.use(`${early}`, now + 100, now)).toBe('again');
    }
  });
});
