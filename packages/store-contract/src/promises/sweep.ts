import type { Store } from '@valetkey/server';
import { describe, expect, test } from 'vitest';
import { aClient, aGrant, aPushedRequest, aSession, freshId, hour, minute, noon } from '../fixtures.ts';
import { openNodes } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeSweep(makePlace: () => Promise<StorePlace>): void {
  describe('sweep', () => {
    const nodes = openNodes(makePlace);
    const nothing = { grants: 0, sessions: 0, attempts: 0, once: 0, pushed: 0, clients: 0 };
    const sweepAll = async (store: Store, now: number) => {
      let swept = await store.sweep(now);
      while (Object.values(swept).some((count) => count > 0)) swept = await store.sweep(now);
    };
    const registrationUntil = (expiresAt: number | null) => ({
      registration: { accessTokenHash: 'hash', address: '192.0.2.7', expiresAt },
    });
    const aRegistered = (expiresAt: number | null) =>
      aClient({ origin: 'registered', ...registrationUntil(expiresAt) });

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

      expect(await nodes.other.sweep(noon)).toEqual({ ...nothing, grants: 1, sessions: 1, attempts: 1 });
      expect(await nodes.other.sweep(noon)).toEqual(nothing);

      expect(await nodes.store.grants.find(oldGrant.id)).toBeNull();
      expect(await nodes.store.grants.find(grant.id)).toEqual(grant);
      expect(await nodes.store.sessions.find(oldSession.id)).toBeNull();
      expect(await nodes.store.sessions.find(session.id)).toEqual(session);
      const again = { key, limit: 1, window: minute, now: noon };
      expect(await nodes.store.attempts.take(again)).toMatchObject({ outcome: 'refused' });
      await sweepAll(nodes.store, noon + hour);
    });

    test('what was used once, and what was pushed, is deleted when its time is over', async () => {
      const [oldKey, key] = [freshId('jti'), freshId('jti')];
      const [oldRequest, complete] = [
        aPushedRequest({ expiresAt: noon }),
        aPushedRequest({ expiresAt: noon }),
      ];
      const request = aPushedRequest({ expiresAt: noon + 1 });
      await nodes.store.once.use({ key: oldKey, until: noon, now: noon - minute });
      await nodes.store.once.use({ key, until: noon + 1, now: noon - minute });
      for (const pushed of [oldRequest, complete, request]) await nodes.store.pushed.push(pushed);
      await nodes.store.pushed.complete(complete.id, noon - minute);

      expect(await nodes.other.sweep(noon)).toEqual({ ...nothing, once: 1, pushed: 2 });
      expect(await nodes.other.sweep(noon)).toEqual(nothing);

      expect(await nodes.store.once.use({ key, until: noon + hour, now: noon })).toBe('again');
      expect(await nodes.store.pushed.find(request.id, noon)).toEqual(request);
      expect(await nodes.store.pushed.push(oldRequest)).toBe('pushed');
      await sweepAll(nodes.store, noon + hour);
    });

    test('a client goes when its registration has expired, and no other client does', async () => {
      const expired = aRegistered(noon);
      const prolonged = aRegistered(noon);
      const shortened = aRegistered(null);
      const [living, everlasting, ours] = [aRegistered(noon + 1), aRegistered(null), aClient()];
      for (const client of [expired, prolonged, shortened, living, everlasting, ours]) {
        await nodes.store.clients.add(client);
      }
      await nodes.store.clients.replace({ ...prolonged, ...registrationUntil(noon + 1) });
      await nodes.store.clients.replace({ ...shortened, ...registrationUntil(noon) });

      expect(await nodes.other.sweep(noon)).toEqual({ ...nothing, clients: 2 });
      expect(await nodes.other.sweep(noon)).toEqual(nothing);

      for (const { id } of [expired, shortened]) expect(await nodes.store.clients.find(id)).toBeNull();
      for (const { id } of [prolonged, living, everlasting, ours]) {
        expect(await nodes.store.clients.find(id)).toMatchObject({ id });
      }
      await sweepAll(nodes.store, noon + hour);
    });

    test('a client that is prolonged while it is swept has gone, or stays: it does not vanish after the answer', async () => {
      for (let round = 0; round < 10; round += 1) {
        const client = aRegistered(noon);
        const prolonged = { ...client, ...registrationUntil(noon + hour) };
        await nodes.store.clients.add(client);
        const answers = await nodes.race(async (store, racer): Promise<string> => {
          if (racer === 25) return store.clients.replace(prolonged);
          await store.sweep(noon);
          return 'swept';
        });
        const found = await nodes.store.clients.find(client.id);
        expect(found).toEqual(answers[25] === 'replaced' ? { ...prolonged, version: 2 } : null);
      }
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
