import { setTimeout } from 'node:timers/promises';
import { aClient, aSession, hour, minute, noon } from '@valetkey/store-contract';
import pg from 'pg';
import { expect, test } from 'vitest';
import { aDatabase } from './database.fixture.ts';
import { openPostgresStore } from './index.ts';

/** Resolves when a statement of the store waits for a row of somebody else. */
async function untilItWaits(observer: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await observer.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
    await setTimeout(5);
  }
}

test('what is prolonged while a sweep waits for its row stays', async () => {
  const url = await aDatabase();
  const store = await openPostgresStore({ url, poolSize: 1 });
  const session = aSession({ endsAt: noon });
  const registration = { accessTokenHash: 'hash', address: '192.0.2.7', expiresAt: noon };
  const client = aClient({ registration });
  await store.sessions.open(session);
  await store.sessions.enter({ sessionId: session.id, clientId: client.id, now: noon });
  await store.clients.add(client);
  await store.once.use({ key: 'jti', until: noon, now: noon - minute });
  await store.attempts.take({ key: 'login', limit: 1, window: minute, now: noon - minute });

  const [holder, observer] = [new pg.Client(url), new pg.Client(url)];
  await Promise.all([holder.connect(), observer.connect()]);
  await holder.query('BEGIN');
  for (const [table, end] of [
    ['sessions', 'ends_at'],
    ['clients', 'expires_at'],
    ['once', 'until'],
    ['attempts', 'window_ends_at'],
  ]) {
    await holder.query(`UPDATE ${table} SET ${end} = $1`, [noon + hour]);
  }
  const sweeping = store.sweep(noon);
  await untilItWaits(observer);
  await holder.query('COMMIT');

  expect(await sweeping).toEqual({ grants: 0, sessions: 0, attempts: 0, once: 0, pushed: 0, clients: 0 });
  expect(await store.sessions.find(session.id)).toMatchObject({ endsAt: noon + hour });
  expect(await store.sessions.clientsOf(session.id)).toEqual([client.id]);
  expect(await store.clients.find(client.id)).toEqual(client);
  expect(await store.once.use({ key: 'jti', until: noon, now: noon })).toBe('again');
  const attempt = { key: 'login', limit: 1, window: minute, now: noon };
  expect(await store.attempts.take(attempt)).toMatchObject({ outcome: 'refused' });
  await Promise.all([store.close(), holder.end(), observer.end()]);
});
