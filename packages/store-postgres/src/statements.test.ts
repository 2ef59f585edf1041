import { setTimeout } from 'node:timers/promises';
import { aGrant, callEveryVerb, hour, noon } from '@valetkey/store-contract';
import pg from 'pg';
import { expect, test } from 'vitest';
import { aDatabase } from './database.fixture.ts';
import { openPostgresStore } from './index.ts';

async function aCountedStore() {
  const url = await aDatabase();
  const statements: { kind: string; sql: string }[] = [];
  const store = await openPostgresStore({ url, onStatement: (kind, sql) => statements.push({ kind, sql }) });
  const client = new pg.Client(url);
  await client.connect();
  return {
    store,
    client,
    statements,
    take: () => statements.splice(0).map(({ kind }) => kind),
    close: () => Promise.all([store.close(), client.end()]),
  };
}

test('a hot request costs one statement', async () => {
  const { store, take, close } = await aCountedStore();
  const grant = aGrant();
  const step = { id: grant.id, generation: 0, now: noon, idle: hour };
  await store.grants.open(grant);
  expect(take()).toEqual(['write']);
  await store.grants.advance(step);
  expect(take()).toEqual(['write']);
  await store.grants.advance(step);
  expect(take()).toEqual(['write', 'read']);
  await store.grants.use({ ...step, staleAfter: hour });
  expect(take()).toEqual(['read']);
  await store.standing({ userId: 'u', clientId: 'c', sessionId: 's' });
  expect(take()).toEqual(['read']);
  await store.clients.find('c');
  expect(take()).toEqual(['read']);
  await close();
});

test('no statement but the lists walks a table', async () => {
  const { store, client, statements, close } = await aCountedStore();
  await callEveryVerb(store);
  const queries = new Set(statements.map(({ sql }) => sql));
  expect(queries.size).toBeGreaterThan(35);
  // Where an index will do, it is taken, although the tables are empty.
  await client.query('SET enable_seqscan = off');
  for (const sql of queries) {
    const { rows } = await client.query(`EXPLAIN (GENERIC_PLAN) ${sql}`);
    const walks = rows.map((row) => String(row['QUERY PLAN'])).filter((line) => line.includes('Seq Scan'));
    expect({ sql, walks }).toEqual({ sql, walks: [] });
  }
  await close();
});

test('a refresh writes no index: its row stays in its page', async () => {
  const { store, client, close } = await aCountedStore();
  const grants = Array.from({ length: 40 }, () => aGrant());
  for (const grant of grants) await store.grants.open(grant);
  for (let generation = 0; generation < 20; generation += 1) {
    const step = { generation, now: noon + generation, idle: hour };
    for (const { id } of grants) await store.grants.advance({ id, ...step });
  }
  await store.close();
  await setTimeout(100);
  const { rows } = await client.query(
    "SELECT n_tup_upd AS all, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = 'grants'",
  );
  expect(Number(rows[0]?.all)).toBe(800);
  // Not all: while a transaction looks on (autovacuum, say), the room of the dead versions is not free yet.
  expect(Number(rows[0]?.hot)).toBeGreaterThan(400);
  await close();
});
