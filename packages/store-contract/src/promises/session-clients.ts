import type { Store } from '@valetkey/server';
import { describe, expect, test } from 'vitest';
import { aSession, freshId, hour, noon } from '../fixtures.ts';
import { openNodes } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeSessionClients(makePlace: () => Promise<StorePlace>): void {
  describe('clients of a session', () => {
    const nodes = openNodes(makePlace);

    const opened = async (over: Parameters<typeof aSession>[0] = {}) => {
      const session = aSession(over);
      await nodes.store.sessions.open(session);
      return session.id;
    };
    const enter = (store: Store, sessionId: string, clientId: string) =>
      store.sessions.enter({ sessionId, clientId, now: noon });

    test('the clients that were entered are listed by id, ascending, on every node', async () => {
      const sessionId = await opened();
      const ids = ['b', 'a', 'B', 'é', '_', '10', '9', ''];
      for (const id of ids) await enter(nodes.store, sessionId, id);
      const ascending = ['', '10', '9', 'B', '_', 'a', 'b', 'é'];
      expect(await nodes.store.sessions.clientsOf(sessionId)).toEqual(ascending);
      expect(await nodes.other.sessions.clientsOf(sessionId)).toEqual(ascending);
    });

    test('a session that nobody used has no clients, nor has one that is not there', async () => {
      expect(await nodes.store.sessions.clientsOf(await opened())).toEqual([]);
      const nowhere = freshId('session');
      await enter(nodes.store, nowhere, 'client');
      expect(await nodes.store.sessions.clientsOf(nowhere)).toEqual([]);
    });

    test('a client is entered once, and sessions keep theirs apart', async () => {
      const [here, there] = [await opened(), await opened()];
      await enter(nodes.store, here, 'client');
      await enter(nodes.other, here, 'client');
      await nodes.store.sessions.enter({ sessionId: here, clientId: 'client', now: noon + hour });
      await enter(nodes.store, there, 'another');
      expect(await nodes.store.sessions.clientsOf(here)).toEqual(['client']);
      expect(await nodes.store.sessions.clientsOf(there)).toEqual(['another']);
    });

    test('fifty may enter one client, and fifty may enter one each', async () => {
      const sessionId = await opened();
      await nodes.race((store) => enter(store, sessionId, 'same'));
      expect(await nodes.other.sessions.clientsOf(sessionId)).toEqual(['same']);
      const ids = Array.from({ length: 50 }, (_, racer) => String(racer).padStart(2, '0'));
      await nodes.race((store, racer) => enter(store, sessionId, ids[racer] ?? ''));
      expect(await nodes.other.sessions.clientsOf(sessionId)).toEqual([...ids, 'same']);
    });

    test('they outlive the end of the session, and its renewal, for those who have to be told', async () => {
      const session = aSession();
      await nodes.store.sessions.open(session);
      await enter(nodes.store, session.id, 'client');
      await nodes.store.sessions.renew(session);
      await nodes.store.sessions.end(session.id, noon);
      await nodes.store.sweep(noon);
      expect(await nodes.other.sessions.clientsOf(session.id)).toEqual(['client']);
    });

    test('they go when the session is swept, and do not come back', async () => {
      const [over, living] = [await opened({ endsAt: noon }), await opened()];
      for (const id of ['one', 'two']) await enter(nodes.store, over, id);
      await enter(nodes.store, living, 'one');
      expect(await nodes.other.sweep(noon)).toMatchObject({ sessions: 1 });
      await enter(nodes.store, over, 'three');
      expect(await nodes.store.sessions.clientsOf(over)).toEqual([]);
      expect(await nodes.store.sessions.clientsOf(living)).toEqual(['one']);
      await nodes.store.sessions.open(aSession({ id: over }));
      expect(await nodes.store.sessions.clientsOf(over)).toEqual([]);
    });
  });
}
