import type { Store } from '@valetkey/server';
import { describe, expect, test } from 'vitest';
import { aGrant, aSession, freshId, hour, minute, noon } from '../fixtures.ts';
import { openNodes } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeSweep(makePlace: () => Promise<StorePlace>): void {
  describe('sweep', () => {
    const nodes = openNodes(makePlace);
    const nothing = { grants: 0, sessions: 0, attempts: 0 };
    const sweepAll = async (store: Store, now: number) => {
      let swept = await store.sweep(now);
      while (swept.grants + swept.sessions + swept.attempts > 0) swept = await store.sweep(now);
    };

    test('what has been dead for long enough is deleted, and nothing else', async () => {
      const oldGrant = aGrant({ sweepAt: noon });
      const grant = aGrant({ sweepAt: noon + 1 });
      const oldSession = aSession({ endsAt: noon });
      const session = aSession({ endsAt: noon + 1 });
      const oldKey = freshId('login');
      const key = freshId('login');
      await nodes.store.grants.open(oldGrant);
      await nodes.store.grants.open(grant);
      await nodes.store.sessions.open(oldSession);
      await nodes.store.sessions.open(session);
      await nodes.store.attempts.take({ key: oldKey, limit: 1, window: minute, now: noon - minute });
      await nodes.store.attempts.take({ key, limit: 1, window: minute, now: noon - minute + 1 });

      expect(await nodes.other.sweep(noon)).toEqual({ grants: 1, sessions: 1, attempts: 1 });
      expect(await nodes.other.sweep(noon)).toEqual(nothing);

      expect(await nodes.store.grants.find(oldGrant.id)).toBeNull();
      expect(await nodes.store.grants.find(grant.id)).toEqual(grant);
      expect(await nodes.store.sessions.find(oldSession.id)).toBeNull();
      expect(await nodes.store.sessions.find(session.id)).toEqual(session);
      const again = { key, limit: 1, window: minute, now: noon };
      expect(await nodes.store.attempts.take(again)).toMatchObject({ outcome: 'refused' });
      await sweepAll(nodes.store, noon + hour);
    });

    test('a revocation sets anew when the grant is swept, an advance does not', async () => {
      const grant = aGrant({ sweepAt: noon + 10 });
      await nodes.store.grants.open(grant);
      await nodes.store.grants.advance({ id: grant.id, generation: 0, now: noon, idle: hour });
      const revocation = { id: grant.id, why: 'revoked_by_user', now: noon, sweepAt: noon + 20 } as const;
      await nodes.store.grants.revoke(revocation);
      expect(await nodes.store.sweep(noon + 19)).toEqual(nothing);
      expect(await nodes.store.sweep(noon + 20)).toEqual({ ...nothing, grants: 1 });
    });

    test('an ended session stays until it would have ended by itself', async () => {
      const session = aSession({ endsAt: noon + hour });
      await nodes.store.sessions.open(session);
      await nodes.store.sessions.end(session.id, noon);
      expect(await nodes.store.sweep(noon + hour - 1)).toEqual(nothing);
      expect(await nodes.store.sweep(noon + hour)).toEqual({ ...nothing, sessions: 1 });
    });

    test('one sweep deletes a thousand of each at most', async () => {
      const grants = Array.from({ length: 1100 }, () => aGrant({ sweepAt: noon }));
      await Promise.all(grants.map((grant) => nodes.store.grants.open(grant)));
      const first = await nodes.store.sweep(noon);
      expect(first.grants).toBeGreaterThan(0);
      expect(first.grants).toBeLessThanOrEqual(1000);
      await sweepAll(nodes.other, noon);
      const found = await Promise.all(grants.map(({ id }) => nodes.store.grants.find(id)));
      expect(found.every((grant) => grant === null)).toBe(true);
    });

    test('fifty sweeps at once delete each row once', async () => {
      const living = aGrant();
      const dead = Array.from({ length: 120 }, () => aGrant({ sweepAt: noon }));
      await Promise.all([living, ...dead].map((grant) => nodes.store.grants.open(grant)));
      const swept = await nodes.race((store) => store.sweep(noon));
      expect(swept.reduce((sum, { grants }) => sum + grants, 0)).toBe(120);
      expect(await nodes.store.grants.find(living.id)).toEqual(living);
    });
  });
}
