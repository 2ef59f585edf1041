import { describe, expect, test } from 'vitest';
import { freshId, hour, minute, noon } from '../fixtures.ts';
import { openNodes, tally } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeOnce(makePlace: () => Promise<StorePlace>): void {
  describe('once', () => {
    const nodes = openNodes(makePlace);
    const aUse = (key: string, now = noon) => ({ key, until: noon + minute, now });

    test('a key is used once, on whatever node', async () => {
      const key = freshId('jti');
      expect(await nodes.store.once.use(aUse(key))).toBe('first');
      expect(await nodes.store.once.use(aUse(key))).toBe('again');
      expect(await nodes.other.once.use(aUse(key, noon + minute - 1))).toBe('again');
    });

    test('a key may be used again when its time is over, for a time of its own', async () => {
      const key = freshId('jti');
      await nodes.store.once.use(aUse(key));
      const later = { key, until: noon + hour, now: noon + minute };
      expect(await nodes.other.once.use(later)).toBe('first');
      expect(await nodes.store.once.use({ ...later, now: noon + hour - 1 })).toBe('again');
      expect(await nodes.store.once.use({ ...later, now: noon + hour, until: noon + 2 * hour })).toBe(
        'first',
      );
    });

    test('whoever comes again changes nothing, however long he asks for', async () => {
      const key = freshId('jti');
      await nodes.store.once.use(aUse(key));
      expect(await nodes.other.once.use({ key, until: noon + hour, now: noon + 1 })).toBe('again');
      expect(await nodes.store.once.use({ key, until: noon, now: noon + 1 })).toBe('again');
      expect(await nodes.store.once.use(aUse(key, noon + minute))).toBe('first');
    });

    test('of fifty that use one key, one is the first', async () => {
      const key = freshId('jti');
      const answers = await nodes.race((store) => store.once.use(aUse(key)));
      expect(tally(answers)).toEqual({ first: 1, again: 49 });
    });

    test('of fifty that use a key whose time is over, one is the first', async () => {
      const key = freshId('jti');
      await nodes.store.once.use(aUse(key));
      const again = { key, until: noon + hour, now: noon + minute };
      const answers = await nodes.race((store) => store.once.use(again));
      expect(tally(answers)).toEqual({ first: 1, again: 49 });
    });

    test('of those that use a key while it is swept, one is the first', async () => {
      for (let round = 0; round < 10; round += 1) {
        const key = freshId('jti');
        await nodes.store.once.use(aUse(key));
        const again = { key, until: noon + hour, now: noon + minute };
        const answers = await nodes.race(async (store, racer): Promise<string> => {
          if (racer % 5 > 0) return store.once.use(again);
          await store.sweep(noon + minute);
          return 'swept';
        });
        expect(tally(answers)).toEqual({ swept: 10, first: 1, again: 39 });
      }
    });

    test('keys do not count for each other', async () => {
      const key = freshId('jti');
      await nodes.store.once.use(aUse(key));
      expect(await nodes.store.once.use(aUse(`${key}.`))).toBe('first');
      expect(await nodes.store.once.use(aUse(key.toUpperCase()))).toBe('first');
    });

    test('a key may be as long and as strange as whatever a client sends', async () => {
      const keys = ['x'.repeat(20_000), `${'x'.repeat(20_000)}y`, 'jti:\0', "jti:'\\\u{1F511}", '__proto__'];
      for (const key of keys.map((key) => `${key}${freshId('')}`)) {
        expect(await nodes.store.once.use(aUse(key))).toBe('first');
        expect(await nodes.other.once.use(aUse(key))).toBe('again');
      }
    });
  });
}
