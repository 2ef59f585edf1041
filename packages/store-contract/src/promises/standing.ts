import { describe, expect, test } from 'vitest';
import { aConsent, aSession, aUser, freshId, noon } from '../fixtures.ts';
import { openNodes } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeStanding(makePlace: () => Promise<StorePlace>): void {
  describe('standing', () => {
    const nodes = openNodes(makePlace);

    test('the person, her session and her consent come in one read', async () => {
      const user = aUser({ passwordHash: null });
      const session = aSession({ userId: user.id });
      const consent = aConsent({ userId: user.id, lastUsedAt: noon });
      await nodes.store.users.add(user);
      await nodes.store.sessions.open(session);
      await nodes.store.consents.record(consent);
      await nodes.store.consents.record(aConsent({ userId: user.id }));
      const query = { userId: user.id, clientId: consent.clientId, sessionId: session.id };
      const standing = { user, session, consent: { ...consent, version: 1 } };
      expect(await nodes.store.standing(query)).toEqual(standing);
      expect(await nodes.other.standing(query)).toEqual(standing);
    });

    test('what is not there is null, each for itself', async () => {
      const user = aUser();
      const session = aSession({ userId: user.id });
      const consent = aConsent({ userId: user.id });
      await nodes.store.users.add(user);
      await nodes.store.sessions.open(session);
      await nodes.store.consents.record(consent);
      const query = { userId: user.id, clientId: consent.clientId, sessionId: session.id };
      const all = { user, session, consent: { ...consent, version: 1 } };
      const nobody = freshId('nobody');
      const { standing } = nodes.store;
      expect(await standing({ ...query, clientId: nobody })).toEqual({ ...all, consent: null });
      expect(await standing({ ...query, sessionId: nobody })).toEqual({ ...all, session: null });
      expect(await standing({ ...query, userId: nobody })).toEqual({ user: null, session, consent: null });
      expect(await standing({ userId: nobody, clientId: nobody, sessionId: nobody })).toEqual({
        user: null,
        session: null,
        consent: null,
      });
    });

    test('what one node has answered, the other reads at once, under load', async () => {
      const user = aUser();
      await nodes.store.users.add(user);
      const query = { userId: user.id, clientId: freshId('client'), sessionId: freshId('session') };
      const epochs = await nodes.race(async (store) => {
        await store.users.endSessions(user.id);
        const before = await nodes.store.standing(query);
        const after = await nodes.other.standing(query);
        return [before.user?.sessionEpoch ?? 0, after.user?.sessionEpoch ?? 0] as const;
      });
      for (const [before, after] of epochs) {
        expect(before).toBeGreaterThanOrEqual(1);
        expect(after).toBeGreaterThanOrEqual(before);
      }
      expect(await nodes.store.users.find(user.id)).toMatchObject({ sessionEpoch: 50 });
    });
  });
}
