import { describe, expect, test } from 'vitest';
import { aKey, freshId, noon } from '../fixtures.ts';
import { openNodes, tally } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeKeys(makePlace: () => Promise<StorePlace>): void {
  describe('keys', () => {
    const nodes = openNodes(makePlace);
    const find = async (id: string) => (await nodes.other.keys.list()).find((key) => key.id === id);

    test('a key is listed as it was added, on every node', async () => {
      const signing = aKey({ revokedAt: noon });
      const sealing = aKey({ purpose: 'seal', publicJwk: null });
      expect(await nodes.store.keys.add(signing)).toBe('added');
      expect(await nodes.store.keys.add(sealing)).toBe('added');
      expect(await find(signing.id)).toEqual(signing);
      expect(await find(sealing.id)).toEqual(sealing);
    });

    test('a slot is given once for a purpose and an algorithm', async () => {
      const key = aKey();
      const { purpose, algorithm } = key;
      await nodes.store.keys.add(key);
      expect(await nodes.other.keys.add(aKey({ purpose, algorithm }))).toBe('exists');
      expect(await nodes.other.keys.add(aKey({ purpose, algorithm, slot: 2 }))).toBe('added');
      expect(await nodes.other.keys.add(aKey({ purpose: 'seal', algorithm }))).toBe('added');
      expect(await nodes.other.keys.add(aKey({ purpose }))).toBe('added');
    });

    test('an id is given once', async () => {
      const key = aKey();
      await nodes.store.keys.add(key);
      expect(await nodes.store.keys.add(aKey({ id: key.id }))).toBe('exists');
      expect(await find(key.id)).toEqual(key);
    });

    test('of fifty nodes that rotate, one does', async () => {
      const algorithm = freshId('ES256');
      const keys = Array.from({ length: 50 }, () => aKey({ algorithm, slot: 7 }));
      const answers = await nodes.race((store, racer) => store.keys.add(keys[racer] ?? aKey()));
      expect(tally(answers)).toEqual({ added: 1, exists: 49 });
      const listed = (await nodes.store.keys.list()).filter((key) => key.algorithm === algorithm);
      expect(listed).toEqual([keys[answers.indexOf('added')]]);
    });

    test('keys are listed by purpose, algorithm and slot', async () => {
      const run = freshId('');
      const order = ['seal A 2', 'seal A 10', 'seal B 1', 'sign A 1', 'sign A 3', 'sign C 1'];
      for (const place of order.toReversed()) {
        const [purpose, letter, slot] = place.split(' ');
        const key = { purpose: purpose === 'seal' ? 'seal' : 'sign', slot: Number(slot) } as const;
        await nodes.store.keys.add(aKey({ ...key, algorithm: `${letter}${run}` }));
      }
      const listed = (await nodes.store.keys.list()).filter(({ algorithm }) => algorithm.endsWith(run));
      expect(listed.map((key) => `${key.purpose} ${key.algorithm[0]} ${key.slot}`)).toEqual(order);
    });

    test('of fifty that revoke a key, one does, and its time stays', async () => {
      const key = aKey();
      await nodes.store.keys.add(key);
      const answers = await nodes.race((store, racer) => store.keys.revoke(key.id, noon + racer));
      expect(tally(answers)).toEqual({ revoked: 1, already: 49 });
      expect(await find(key.id)).toEqual({ ...key, revokedAt: noon + answers.indexOf('revoked') });
    });

    test('of fifty that remove a key, one does', async () => {
      const key = aKey();
      await nodes.store.keys.add(key);
      expect(tally(await nodes.race((store) => store.keys.remove(key.id)))).toEqual({
        removed: 1,
        unknown: 49,
      });
      expect(await find(key.id)).toBeUndefined();
    });

    test('a key that is not there can be neither revoked nor removed', async () => {
      expect(await nodes.store.keys.revoke(freshId('key'), noon)).toBe('unknown');
      expect(await nodes.store.keys.remove(freshId('key'))).toBe('unknown');
    });
  });
}
