import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StoreUnavailable } from '@valetkey/server';
import { aGrant, hour, noon } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { aFolder } from './folder.fixture.ts';
import { openSqliteStore } from './index.ts';
import { openDatabase } from './open-database.ts';
import { storeIn } from './store.ts';

/** Another process that holds the database's lock until it is let go. */
async function aLockHolder(file: string) {
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1]);
    database.exec('BEGIN EXCLUSIVE');
    process.stdout.write('locked');
    process.stdin.once('data', () => process.exit());`;
  const child = spawn(process.execPath, ['-e', script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    letGo: async () => {
      child.stdin.write('go');
      await once(child, 'exit');
    },
  };
}

test('while another process holds the lock nothing is lost: reads are answered, writes wait', async () => {
  const folder = aFolder();
  const store = await openSqliteStore({ file: folder.file });
  const [grant, waiting] = [aGrant(), aGrant()];
  await store.grants.open(grant);
  const holder = await aLockHolder(folder.file);
  const opening = store.grants.open(waiting);
  expect(await store.grants.find(grant.id)).toEqual(grant);
  await holder.letGo();
  expect(await opening).toBe('opened');
  expect(await store.grants.find(waiting.id)).toEqual(waiting);
  await store.close();
});

test('a lock that is held for too long makes the store unavailable, and its end makes it well', async () => {
  const folder = aFolder();
  const store = await openSqliteStore({ file: folder.file, lockTimeout: 100 });
  const grant = aGrant();
  await store.grants.open(grant);
  const holder = await aLockHolder(folder.file);
  const refused = await Promise.allSettled([
    store.grants.open(aGrant()),
    store.grants.advance({ id: grant.id, generation: 0, now: noon, idle: hour }),
    store.check(),
  ]);
  for (const answer of refused) {
    expect(answer).toMatchObject({ reason: expect.any(StoreUnavailable) });
    expect(answer).toMatchObject({
      reason: { message: expect.stringContaining('locked by another process') },
    });
  }
  expect(await store.grants.find(grant.id)).toEqual(grant);
  await holder.letGo();
  await store.check();
  expect(await store.grants.advance({ id: grant.id, generation: 0, now: noon, idle: hour })).toMatchObject({
    outcome: 'advanced',
  });
  await store.close();
});

test('a database that another process has locked cannot be opened, and can afterwards', async () => {
  const folder = aFolder();
  const holder = await aLockHolder(folder.file);
  await expect(openSqliteStore({ file: folder.file, lockTimeout: 100 })).rejects.toThrow(
    /is locked by another process\. Stop the other process that uses it/,
  );
  await holder.letGo();
  await (await openSqliteStore({ file: folder.file })).close();
});

test('a read-only database is unavailable for writing, answers reads, and recovers', async () => {
  const folder = aFolder();
  const database = openDatabase({ file: folder.file, lockTimeout: 1000 });
  const store = storeIn(database);
  const grant = aGrant();
  await store.grants.open(grant);
  database.connection.exec('PRAGMA query_only = ON');
  await expect(store.grants.open(aGrant())).rejects.toThrow(StoreUnavailable);
  await expect(store.check()).rejects.toThrow(/cannot be written: it is read-only/);
  expect(await store.grants.find(grant.id)).toEqual(grant);
  database.connection.exec('PRAGMA query_only = OFF');
  await store.check();
  expect(await store.grants.open(aGrant())).toBe('opened');
  await store.close();
});

test('on a full disk what fits is stored, the rest is refused as a whole, and space makes it well', async () => {
  const folder = aFolder();
  const database = openDatabase({ file: folder.file, lockTimeout: 1000 });
  const store = storeIn(database);
  const pages = Number(database.connection.prepare('PRAGMA page_count').get()?.page_count);
  database.connection.exec(`PRAGMA max_page_count = ${pages + 20}`);
  const grants = Array.from({ length: 100 }, () => aGrant());
  const answers = await Promise.allSettled(grants.map((grant) => store.grants.open(grant)));
  for (const [i, answer] of answers.entries()) {
    const found = await store.grants.find(grants[i]?.id ?? '');
    if (answer.status === 'fulfilled') expect(found).toEqual(grants[i]);
    else {
      expect(found).toBeNull();
      expect(answer.reason).toBeInstanceOf(StoreUnavailable);
      expect(answer.reason.message).toContain('the disk is full');
    }
  }
  expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(5);
  expect(answers.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(50);

  database.connection.exec(`PRAGMA max_page_count = ${pages + 10_000}`);
  for (const [i, answer] of answers.entries()) {
    const again = await store.grants.open(grants[i] ?? aGrant());
    expect(again).toBe(answer.status === 'fulfilled' ? 'replayed' : 'opened');
  }
  await store.close();
});

test('a fault of ours is not told as an unavailable store', async () => {
  const folder = aFolder();
  const store = await openSqliteStore({ file: folder.file });
  const broken = { ...aGrant(), expiresAt: null as unknown as number };
  const error = await store.grants.open(broken).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(StoreUnavailable);
  await store.check();
  await store.close();
});
