import { describe, expect, test } from 'vitest';
import { freshId, minute, noon } from '../fixtures.ts';
import { openNodes, tally } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeAttempts(makePlace: () => Promise<StorePlace>): void {
  describe('attempts', () => {
    const nodes = openNodes(makePlace);
    const anAttempt = (key: string, now = noon) => ({ key, limit: 3, window: minute, now });

    test('tries are taken up to the limit, then refused until the window ends', async () => {
      const key = freshId('login');
      expect(await nodes.store.attempts.take(anAttempt(key))).toEqual({ outcome: 'taken', left: 2 });
      expect(await nodes.other.attempts.take(anAttempt(key, noon + 1))).toEqual({
        outcome: 'taken',
        left: 1,
      });
      expect(await nodes.store.attempts.take(anAttempt(key, noon + 2))).toEqual({
        outcome: 'taken',
        left: 0,
      });
      const refused = { outcome: 'refused', retryAt: noon + minute };
      expect(await nodes.other.attempts.take(anAttempt(key, noon + 3))).toEqual(refused);
      expect(await nodes.store.attempts.take(anAttempt(key, noon + minute - 1))).toEqual(refused);
    });

    test('a new window starts when the old one is over', async () => {
      const key = freshId('login');
      for (let i = 0; i < 4; i += 1) await nodes.store.attempts.take(anAttempt(key));
      const later = noon + minute;
      expect(await nodes.store.attempts.take(anAttempt(key, later))).toEqual({ outcome: 'taken', left: 2 });
      expect(await nodes.store.attempts.take(anAttempt(key, later))).toEqual({ outcome: 'taken', left: 1 });
      expect(await nodes.store.attempts.take(anAttempt(key, later))).toEqual({ outcome: 'taken', left: 0 });
      const refused = { outcome: 'refused', retryAt: later + minute };
      expect(await nodes.store.attempts.take(anAttempt(key, later))).toEqual(refused);
    });

    test('of fifty that try at once, as many as the limit are taken', async () => {
      const key = freshId('login');
      const answers = await nodes.race((store) =>
        store.attempts.take({ key, limit: 10, window: minute, now: noon }),
      );
      expect(tally(answers)).toEqual({ taken: 10, refused: 40 });
      const left = answers.flatMap((answer) => (answer.outcome === 'taken' ? [answer.left] : []));
      expect(left.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      for (const answer of answers) {
        if (answer.outcome === 'refused') expect(answer.retryAt).toBe(noon + minute);
      }
    });

    test('of fifty that try when a window is over, as many as the limit are taken', async () => {
      const key = freshId('login');
      for (let i = 0; i < 4; i += 1) await nodes.store.attempts.take(anAttempt(key));
      const answers = await nodes.race((store) => store.attempts.take(anAttempt(key, noon + minute)));
      expect(tally(answers)).toEqual({ taken: 3, refused: 47 });
    });

    test('a lower limit refuses what a higher one let pass', async () => {
      const key = freshId('login');
      await nodes.store.attempts.take({ key, limit: 10, window: minute, now: noon });
      await nodes.store.attempts.take({ key, limit: 10, window: minute, now: noon });
      const answer = await nodes.store.attempts.take({ key, limit: 1, window: minute, now: noon });
      expect(answer).toEqual({ outcome: 'refused', retryAt: noon + minute });
    });

    test('keys do not count for each other', async () => {
      const key = freshId('login');
      for (let i = 0; i < 4; i += 1) await nodes.store.attempts.take(anAttempt(key));
      expect(await nodes.store.attempts.take(anAttempt(`${key}.`))).toEqual({ outcome: 'taken', left: 2 });
      expect(await nodes.store.attempts.take(anAttempt(key.toUpperCase()))).toMatchObject({ left: 2 });
    });

    test('a key may be as long and as strange as whatever a person types', async () => {
      const keys = [
        'x'.repeat(20_000),
        `${'x'.repeat(20_000)}y`,
        'login:\0',
        "login:'\\\u{1F511}",
        '__proto__',
      ];
      for (const key of keys.map((key) => `${key}${freshId('')}`)) {
        expect(await nodes.store.attempts.take(anAttempt(key))).toEqual({ outcome: 'taken', left: 2 });
        expect(await nodes.other.attempts.take(anAttempt(key))).toEqual({ outcome: 'taken', left: 1 });
        await nodes.store.attempts.clear(key);
        expect(await nodes.other.attempts.take(anAttempt(key))).toEqual({ outcome: 'taken', left: 2 });
      }
    });

    test('a cleared key starts again, and fifty may clear it', async () => {
      const key = freshId('login');
      for (let i = 0; i < 4; i += 1) await nodes.store.attempts.take(anAttempt(key));
      await nodes.race((store) => store.attempts.clear(key));
      expect(await nodes.other.attempts.take(anAttempt(key))).toEqual({ outcome: 'taken', left: 2 });
    });

    test('tries that race with clearing are answered', async () => {
      const key = freshId('login');
      const answers = await nodes.race(async (store, racer) => {
        if (racer % 10 === 9) await store.attempts.clear(key);
        return store.attempts.take({ key, limit: 1, window: minute, now: noon });
      });
      const { taken = 0, refused = 0 } = tally(answers);
      expect(taken).toBeGreaterThanOrEqual(1);
      expect(taken).toBeLessThanOrEqual(6);
      expect(taken + refused).toBe(50);
    });
  });
}
