import type { SessionRenewal } from '@valetkey/server';
import { describe, expect, test } from 'vitest';
import { aSession, freshId, hour, minute, noon } from '../fixtures.ts';
import { openNodes, tally } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeSessions(makePlace: () => Promise<StorePlace>): void {
  describe('sessions', () => {
    const nodes = openNodes(makePlace);

    const aRenewal = (id: string, over: Partial<SessionRenewal> = {}): SessionRenewal => ({
      id,
      secretHash: 'c'.repeat(43),
      sessionEpoch: 1,
      authenticatedAt: noon + hour,
      amr: ['pwd', 'otp'],
      endsAt: noon + 13 * hour,
      ...over,
    });

    test('a session is found as it was opened, on every node', async () => {
      const session = aSession({ endedAt: noon, amr: [], sessionEpoch: 4 });
      expect(await nodes.store.sessions.open(session)).toBe('opened');
      expect(await nodes.other.sessions.find(session.id)).toEqual(session);
    });

    test('a session that nobody opened is not found', async () => {
      expect(await nodes.store.sessions.find(freshId('session'))).toBeNull();
    });

    test('of fifty that open one id, one is opened', async () => {
      const id = freshId('session');
      const answers = await nodes.race((store, racer) =>
        store.sessions.open(aSession({ id, userAgent: `${racer}` })),
      );
      expect(tally(answers)).toEqual({ opened: 1, exists: 49 });
      expect(await nodes.store.sessions.find(id)).toMatchObject({
        userAgent: `${answers.indexOf('opened')}`,
      });
    });

    test('a renewal changes the secret and the authentication, and nothing else', async () => {
      const session = aSession();
      await nodes.store.sessions.open(session);
      expect(await nodes.store.sessions.renew(aRenewal(session.id))).toBe('renewed');
      expect(await nodes.other.sessions.find(session.id)).toEqual({ ...session, ...aRenewal(session.id) });
    });

    test('a session that has ended is not renewed', async () => {
      const session = aSession();
      await nodes.store.sessions.open(session);
      await nodes.store.sessions.end(session.id, noon + minute);
      expect(await nodes.other.sessions.renew(aRenewal(session.id))).toBe('ended');
      expect(await nodes.store.sessions.find(session.id)).toEqual({ ...session, endedAt: noon + minute });
    });

    test('a session that is not there can be neither renewed nor ended', async () => {
      const id = freshId('session');
      expect(await nodes.store.sessions.renew(aRenewal(id))).toBe('unknown');
      expect(await nodes.store.sessions.end(id, noon)).toBe('unknown');
      expect(await nodes.store.sessions.find(id)).toBeNull();
    });

    test('fifty renewals all succeed, and one of them is what is stored', async () => {
      const session = aSession();
      await nodes.store.sessions.open(session);
      const renewals = Array.from({ length: 50 }, (_, i) => aRenewal(session.id, { secretHash: `${i}` }));
      const answers = await nodes.race((store, racer) =>
        store.sessions.renew(renewals[racer] ?? aRenewal(session.id)),
      );
      expect(tally(answers)).toEqual({ renewed: 50 });
      const stored = await nodes.store.sessions.find(session.id);
      const last = renewals.find(({ secretHash }) => secretHash === stored?.secretHash);
      expect(stored).toEqual({ ...session, ...last });
    });

    test('of fifty that end a session, one does, and its time stays', async () => {
      const session = aSession();
      await nodes.store.sessions.open(session);
      const answers = await nodes.race((store, racer) => store.sessions.end(session.id, noon + racer));
      expect(tally(answers)).toEqual({ ended: 1, already: 49 });
      const endedAt = noon + answers.indexOf('ended');
      expect(await nodes.store.sessions.find(session.id)).toEqual({ ...session, endedAt });
    });

    test('the end of a session beats its renewals once it has been answered', async () => {
      const session = aSession();
      await nodes.store.sessions.open(session);
      let answered = false;
      const late: string[] = [];
      await nodes.race(async (store, racer) => {
        if (racer === 25) {
          await store.sessions.end(session.id, noon);
          answered = true;
          return;
        }
        for (let i = 0; i < 5; i += 1) {
          const afterwards = answered;
          const answer = await store.sessions.renew(aRenewal(session.id, { secretHash: `${racer}.${i}` }));
          if (afterwards) late.push(answer);
        }
      });
      expect(new Set(late)).toEqual(late.length > 0 ? new Set(['ended']) : new Set());
      expect(await nodes.store.sessions.find(session.id)).toMatchObject({ endedAt: noon });
      expect(await nodes.other.sessions.renew(aRenewal(session.id))).toBe('ended');
    });

    test('a session that is ended while it is opened is over, or was not there yet', async () => {
      const session = aSession();
      const answers = await nodes.race((store, racer): Promise<string> => {
        if (racer === 20) return store.sessions.open(session);
        return racer % 2 === 0
          ? store.sessions.end(session.id, noon)
          : store.sessions.renew(aRenewal(session.id));
      });
      const { ended = 0, already = 0 } = tally(answers);
      const stored = await nodes.store.sessions.find(session.id);
      expect(stored?.endedAt).toBe(ended + already > 0 ? noon : null);
    });

    test("a person's sessions are listed newest first, without those that are over", async () => {
      const userId = freshId('user');
      const first = aSession({ userId, openedAt: noon });
      const third = aSession({ userId, openedAt: noon + 2 });
      const second = aSession({ userId, openedAt: noon + 1, sessionEpoch: 9 });
      const over = aSession({ userId, endsAt: noon + minute });
      const ended = aSession({ userId });
      for (const session of [first, third, second, over, ended, aSession()]) {
        await nodes.store.sessions.open(session);
      }
      await nodes.store.sessions.end(ended.id, noon);
      expect(await nodes.other.sessions.listOf(userId, noon + minute)).toEqual([third, second, first]);
      expect(await nodes.store.sessions.listOf(freshId('user'), noon)).toEqual([]);
    });
  });
}
