import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  aClient,
  aConsent,
  aGrant,
  aKey,
  aPushedRequest,
  aSession,
  aUser,
  freshId,
  hour,
  minute,
  noon,
} from '../fixtures.ts';
import type { StorePlace } from '../place.ts';

export function describeDurability(makePlace: () => Promise<StorePlace>): void {
  describe('durability', () => {
    let place: StorePlace;
    beforeAll(async () => {
      place = await makePlace();
    });
    afterAll(async () => {
      await place.discard();
    });

    test('what was answered is there after all stores have been closed', async () => {
      const client = aClient();
      const user = aUser();
      const session = aSession({ userId: user.id });
      const consent = aConsent({ userId: user.id, clientId: client.id });
      const key = aKey();
      const grants = Array.from({ length: 50 }, () => aGrant());
      const [advanced, revoked] = [aGrant(), aGrant()];
      const [request, complete] = [aPushedRequest(), aPushedRequest()];
      const jti = { key: freshId('jti'), until: noon + hour, now: noon };
      const attempt = { key: freshId('login'), limit: 1, window: hour, now: noon };

      const before = await place.open();
      await before.clients.add(client);
      await before.users.add(user);
      await before.sessions.open(session);
      await before.consents.record(consent);
      await before.keys.add(key);
      await before.attempts.take(attempt);
      await before.once.use(jti);
      await before.pushed.push(request);
      await before.pushed.push(complete);
      await before.pushed.complete(complete.id, noon);
      await before.sessions.enter({ sessionId: session.id, clientId: client.id, now: noon });
      await Promise.all([...grants, advanced, revoked].map((grant) => before.grants.open(grant)));
      await before.grants.advance({ id: advanced.id, generation: 0, now: noon, idle: hour });
      await before.grants.revoke({ id: revoked.id, why: 'code_replayed', now: noon, sweepAt: noon + hour });
      await before.close();

      const after = await place.open();
      expect(await after.clients.find(client.id)).toEqual(client);
      expect(await after.standing({ userId: user.id, clientId: client.id, sessionId: session.id })).toEqual({
        user,
        session,
        consent: { ...consent, version: 1 },
      });
      expect(await after.keys.list()).toEqual([key]);
      for (const grant of grants) {
        expect(await after.grants.find(grant.id)).toEqual(grant);
        expect(await after.grants.open(grant)).toBe('replayed');
      }
      expect(await after.grants.find(advanced.id)).toMatchObject({ generation: 1, expiresAt: noon + hour });
      expect(await after.grants.find(revoked.id)).toMatchObject({ revokedWhy: 'code_replayed' });
      expect(await after.attempts.take(attempt)).toMatchObject({ outcome: 'refused' });
      expect(await after.once.use(jti)).toBe('again');
      expect(await after.pushed.find(request.id, noon)).toEqual(request);
      expect(await after.pushed.complete(complete.id, noon)).toBe('already');
      expect(await after.sessions.clientsOf(session.id)).toEqual([client.id]);
      await after.close();
    });

    test('a close lets what has begun come to its end', async () => {
      const store = await place.open();
      const grants = Array.from({ length: 20 }, () => aGrant());
      const opened = Promise.all(grants.map((grant) => store.grants.open(grant)));
      await store.close();
      expect(await opened).toEqual(grants.map(() => 'opened'));
      const again = await place.open();
      for (const grant of grants) expect(await again.grants.find(grant.id)).toEqual(grant);
      await again.close();
    });

    test('a store that answers says so, and closes more than once', async () => {
      const store = await place.open();
      await store.check();
      await store.attempts.take({ key: 'k', limit: 1, window: minute, now: noon });
      await store.close();
      await store.close();
    });
  });
}
