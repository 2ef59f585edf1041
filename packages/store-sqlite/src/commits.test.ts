import { statSync } from 'node:fs';
import { aGrant, callEveryVerb, hour, noon } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { aFolder } from './folder.fixture.ts';
import { openDatabase } from './open-database.ts';
import { storeIn } from './store.ts';

function aCountedStore(file: string) {
  const statements: { kind: string; sql: string }[] = [];
  const database = openDatabase({
    file,
    lockTimeout: 1000,
    onStatement: (kind, sql) => statements.push({ kind, sql }),
  });
  const take = () => statements.splice(0).map(({ kind }) => kind);
  return { database, store: storeIn(database), statements, take };
}

test('writes that wait together share one commit', async () => {
  const folder = aFolder();
  const { store, take } = aCountedStore(folder.file);
  await Promise.all(Array.from({ length: 50 }, () => store.grants.open(aGrant())));
  expect(take()).toEqual(['begin', ...Array.from({ length: 50 }, () => 'write'), 'commit']);
  await store.close();
});

test('a hot request costs one statement', async () => {
  const folder = aFolder();
  const { store, take } = aCountedStore(folder.file);
  const grant = aGrant();
  const step = { id: grant.id, generation: 0, now: noon, idle: hour };
  await store.grants.open(grant);
  expect(take()).toEqual(['begin', 'write', 'commit']);
  await store.grants.advance(step);
  expect(take()).toEqual(['begin', 'write', 'commit']);
  await store.grants.advance(step);
  expect(take()).toEqual(['begin', 'write', 'read', 'commit']);
  await store.grants.use({ ...step, staleAfter: hour });
  expect(take()).toEqual(['read']);
  await store.standing({ userId: 'u', clientId: 'c', sessionId: 's' });
  expect(take()).toEqual(['read']);
  await store.clients.find('c');
  expect(take()).toEqual(['read']);
  await store.close();
});

test('a refresh that is repeated or refused writes nothing', async () => {
  const folder = aFolder();
  const { store } = aCountedStore(folder.file);
  const grant = aGrant({ generation: 7 });
  await store.grants.open(grant);
  const before = statSync(`${folder.file}-wal`).size;
  await store.grants.advance({ id: grant.id, generation: 6, now: noon, idle: hour });
  await store.grants.advance({ id: 'unknown', generation: 6, now: noon, idle: hour });
  await store.grants.open(grant);
  expect(statSync(`${folder.file}-wal`).size).toBe(before);
  await store.close();
});

test('a write that fails does not fail those that wait with it', async () => {
  const folder = aFolder();
  const { store, database, take } = aCountedStore(folder.file);
  const [before, after] = [aGrant(), aGrant()];
  const answers = await Promise.allSettled([
    store.grants.open(before),
    database.commit(() => {
      throw new Error('a fault of ours');
    }),
    store.grants.open(after),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(answers[1]).toMatchObject({ reason: { message: 'a fault of ours' } });
  expect(take().filter((kind) => kind === 'begin')).toHaveLength(4);
  expect(await store.grants.find(before.id)).toEqual(before);
  expect(await store.grants.find(after.id)).toEqual(after);
  await store.close();
});

test('a read does not see what has not been committed', async () => {
  const folder = aFolder();
  const { store } = aCountedStore(folder.file);
  const grant = aGrant();
  const opening = store.grants.open(grant);
  expect(await store.grants.find(grant.id)).toBeNull();
  await opening;
  expect(await store.grants.find(grant.id)).toEqual(grant);
  await store.close();
});

test('no statement but the lists walks a table', async () => {
  const folder = aFolder();
  const { store, database, statements } = aCountedStore(folder.file);
  await callEveryVerb(store);
  const queries = new Set(statements.filter(({ kind }) => /read|write/.test(kind)).map(({ sql }) => sql));
  expect(queries.size).toBeGreaterThan(35);
  for (const sql of queries) {
    const plan = database.connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    const walks = plan
      .map(({ detail }) => String(detail))
      .filter((detail) => /SCAN (?!CONSTANT|\(subquery)/.test(detail));
    expect({ sql, walks }).toEqual({ sql, walks: [] });
  }
  await store.close();
});
