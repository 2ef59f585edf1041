import { describe, expect, test } from 'vitest';
import { aPushedRequest, freshId, minute, noon } from '../fixtures.ts';
import { openNodes, tally } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describePushed(makePlace: () => Promise<StorePlace>): void {
  describe('pushed requests', () => {
    const nodes = openNodes(makePlace);

    test('a request is found as it was pushed, again and again, on every node', async () => {
      const request = aPushedRequest();
      expect(await nodes.store.pushed.push(request)).toBe('pushed');
      expect(await nodes.store.pushed.find(request.id, noon)).toEqual(request);
      expect(await nodes.other.pushed.find(request.id, request.expiresAt - 1)).toEqual(request);
    });

    test('a request that nobody pushed is not found, and cannot be completed', async () => {
      const id = freshId('request');
      expect(await nodes.store.pushed.find(id, noon)).toBeNull();
      expect(await nodes.store.pushed.complete(id, noon)).toBe('unknown');
      expect(await nodes.store.pushed.find(id, noon)).toBeNull();
    });

    test('a second request of the same id is refused and changes nothing', async () => {
      const request = aPushedRequest();
      await nodes.store.pushed.push(request);
      const other = aPushedRequest({ id: request.id, content: '{"scope":"all"}' });
      expect(await nodes.other.pushed.push(other)).toBe('exists');
      expect(await nodes.store.pushed.find(request.id, noon)).toEqual(request);
      await nodes.store.pushed.complete(request.id, noon);
      expect(await nodes.store.pushed.push(other)).toBe('exists');
      expect(await nodes.store.pushed.find(request.id, noon)).toBeNull();
    });

    test('of fifty that push one id, one is pushed', async () => {
      const id = freshId('request');
      const answers = await nodes.race((store, racer) =>
        store.pushed.push(aPushedRequest({ id, content: `${racer}` })),
      );
      expect(tally(answers)).toEqual({ pushed: 1, exists: 49 });
      const content = `${answers.indexOf('pushed')}`;
      expect(await nodes.store.pushed.find(id, noon)).toMatchObject({ content });
    });

    test('a request that is complete is not found any more', async () => {
      const request = aPushedRequest();
      await nodes.store.pushed.push(request);
      expect(await nodes.store.pushed.complete(request.id, noon)).toBe('completed');
      expect(await nodes.other.pushed.find(request.id, noon)).toBeNull();
      expect(await nodes.other.pushed.complete(request.id, noon + 1)).toBe('already');
    });

    test('a request that has expired is as if it were not there', async () => {
      const [request, completed] = [aPushedRequest(), aPushedRequest()];
      await nodes.store.pushed.push(request);
      await nodes.store.pushed.push(completed);
      await nodes.store.pushed.complete(completed.id, noon);
      const { expiresAt } = request;
      expect(await nodes.other.pushed.find(request.id, expiresAt)).toBeNull();
      expect(await nodes.store.pushed.complete(request.id, expiresAt)).toBe('unknown');
      expect(await nodes.store.pushed.complete(completed.id, expiresAt)).toBe('unknown');
      expect(await nodes.store.pushed.complete(request.id, expiresAt - 1)).toBe('completed');
    });

    test('of fifty that complete a request, one does', async () => {
      const request = aPushedRequest();
      await nodes.store.pushed.push(request);
      const answers = await nodes.race((store, racer) => store.pushed.complete(request.id, noon + racer));
      expect(tally(answers)).toEqual({ completed: 1, already: 49 });
      expect(await nodes.store.pushed.find(request.id, noon)).toBeNull();
    });

    test('a request that is completed while it is pushed is over, or was not there yet', async () => {
      const request = aPushedRequest();
      const answers = await nodes.race((store, racer): Promise<string> => {
        if (racer === 20) return store.pushed.push(request);
        return store.pushed.complete(request.id, noon);
      });
      const { completed = 0, already = 0 } = tally(answers);
      expect(completed).toBe(already > 0 ? 1 : completed);
      const found = await nodes.store.pushed.find(request.id, noon);
      expect(found).toEqual(completed > 0 ? null : request);
    });

    test('whoever finds a request after its completion was answered finds nothing, under load', async () => {
      const request = aPushedRequest({ expiresAt: noon + minute });
      await nodes.store.pushed.push(request);
      let answered = false;
      const late: unknown[] = [];
      await nodes.race(async (store, racer) => {
        if (racer === 25) {
          await store.pushed.complete(request.id, noon);
          answered = true;
          return;
        }
        for (let i = 0; i < 5; i += 1) {
          const afterwards = answered;
          const found = await store.pushed.find(request.id, noon);
          if (afterwards) late.push(found);
        }
      });
      late.push(await nodes.other.pushed.find(request.id, noon));
      expect(new Set(late)).toEqual(new Set([null]));
    });
  });
}
