import { setTimeout } from 'node:timers/promises';
import { type Store, StoreUnavailable } from '@valetkey/server';
import { aGrant, hour, noon } from '@valetkey/store-contract';
import pg from 'pg';
import { expect, test } from 'vitest';
import { aCluster, aDatabase } from './database.fixture.ts';
import { openPostgresStore } from './index.ts';

const idle = hour;

/** Opens grants and advances them until told to stop; keeps what was answered, and what was refused. */
function aLoad(store: Store) {
  const answered = new Map<string, number>();
  const failures: unknown[] = [];
  let stopped = false;

  const openAndAdvance = async () => {
    const { id, ...rest } = aGrant();
    await store.grants.open({ id, ...rest });
    answered.set(id, 0);
    for (let generation = 0; generation < 3; generation += 1) {
      const answer = await store.grants.advance({ id, generation, now: noon, idle });
      if (answer.outcome !== 'advanced') throw new Error(`A living grant was told as ${answer.outcome}`);
      answered.set(id, generation + 1);
    }
  };
  const work = async () => {
    while (!stopped) {
      await openAndAdvance().catch((error: unknown) => failures.push(error));
      await setTimeout(1);
    }
  };
  const working = Promise.all(Array.from({ length: 20 }, work));
  return {
    answered,
    failures,
    stop: async () => {
      stopped = true;
      await working;
    },
  };
}

/** What was answered is there; at most the step under way when the connection broke has happened unanswered. */
async function expectNothingLost(store: Store, answered: Map<string, number>): Promise<void> {
  expect(answered.size).toBeGreaterThan(0);
  for (const [id, generation] of answered) {
    const grant = await store.grants.find(id);
    expect([generation, generation + 1]).toContain(grant?.generation);
  }
}

async function untilWell(store: Store): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const well = await store.check().then(
      () => true,
      () => false,
    );
    if (well) return;
    await setTimeout(50);
  }
  expect.unreachable('the store did not recover');
}

test('when connections are terminated under load, nothing that was answered is lost, and work goes on', async () => {
  const url = await aDatabase();
  const store = await openPostgresStore({ url, poolSize: 5 });
  const administrator = new pg.Client(url);
  await administrator.connect();
  const load = aLoad(store);
  for (let round = 0; round < 5; round += 1) {
    await setTimeout(60);
    await administrator.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'valetkey' AND datname = current_database()",
    );
  }
  await setTimeout(200);
  const before = load.answered.size;
  await setTimeout(200);
  expect(load.answered.size).toBeGreaterThan(before);
  await load.stop();
  expect(load.failures.length).toBeGreaterThan(0);
  for (const failure of load.failures) expect(failure).toBeInstanceOf(StoreUnavailable);
  await expectNothingLost(store, load.answered);
  await administrator.end();
  await store.close();
});

test('a read whose connection breaks is read again', async () => {
  const url = await aDatabase();
  const store = await openPostgresStore({ url, poolSize: 2 });
  const grant = aGrant();
  await store.grants.open(grant);
  const administrator = new pg.Client(url);
  await administrator.connect();
  for (let round = 0; round < 10; round += 1) {
    const reads = Array.from({ length: 30 }, () => store.grants.find(grant.id));
    const kill = administrator.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'valetkey' AND datname = current_database()",
    );
    for (const found of await Promise.all(reads)) expect(found).toEqual(grant);
    await kill;
  }
  await administrator.end();
  await store.close();
});

test('a server that goes and comes back is noticed both times, without a restart', async () => {
  const cluster = await aCluster();
  const store = await openPostgresStore({ url: cluster.url, poolSize: 5 });
  for (const going of ['down', 'crash'] as const) {
    const load = aLoad(store);
    await setTimeout(100);
    await cluster.tell(going);
    await expect(store.check()).rejects.toThrow(StoreUnavailable);
    await expect(store.grants.find('x')).rejects.toThrow(/does not answer|stopped what it was doing/);
    await load.stop();
    for (const failure of load.failures) expect(failure).toBeInstanceOf(StoreUnavailable);
    await cluster.tell('up');
    await untilWell(store);
    await expectNothingLost(store, load.answered);
    expect(await store.grants.open(aGrant())).toBe('opened');
  }
  await store.close();
  await cluster.tell('stop');
});

test('a statement that takes too long is given up, and has not happened', async () => {
  const url = await aDatabase();
  const store = await openPostgresStore({ url, statementTimeout: 200 });
  const { id, ...rest } = aGrant();
  await store.grants.open({ id, ...rest });
  const holder = new pg.Client(url);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM grants WHERE id = $1 FOR UPDATE', [id]);
  await expect(store.grants.advance({ id, generation: 0, now: noon, idle })).rejects.toThrow(
    StoreUnavailable,
  );
  await holder.query('ROLLBACK');
  await holder.end();
  expect(await store.grants.advance({ id, generation: 0, now: noon, idle })).toMatchObject({
    outcome: 'advanced',
  });
  await store.close();
});

test('a server that has no connections left for us is shared with the connections that we have', async () => {
  const url = await aDatabase();
  const administrator = new pg.Client(url);
  await administrator.connect();
  const role = `limited_${crypto.randomUUID().slice(0, 8)}`;
  await administrator.query(`CREATE ROLE ${role} LOGIN CONNECTION LIMIT 2`);
  await administrator.query(`GRANT ALL ON SCHEMA public TO ${role}`);
  const store = await openPostgresStore({ url: url.replace('postgres@', `${role}@`), poolSize: 20 });
  const grants = Array.from({ length: 200 }, () => aGrant());
  expect(await store.grants.open(aGrant())).toBe('opened');
  const answers = await Promise.all(grants.map((grant) => store.grants.open(grant)));
  expect(new Set(answers)).toEqual(new Set(['opened']));
  const { rows } = await administrator.query(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'valetkey' AND usename = $1",
    [role],
  );
  expect([1, 2]).toContain(Number(rows[0]?.count));
  await store.close();
  await administrator.end();
});

test('a standby is told as such, and its connections are left', async () => {
  const url = await aDatabase();
  await (await openPostgresStore({ url })).close();
  const administrator = new pg.Client(url);
  await administrator.connect();
  const database = new URL(url).pathname.slice(1);
  const store = await openPostgresStore({ url });
  await administrator.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
  await expect(store.check()).rejects.toThrow(/is read-only \(a standby\?\)/);
  expect(await store.grants.find('x')).toBeNull();
  await administrator.query('SET default_transaction_read_only = off');
  await administrator.query(`ALTER DATABASE ${database} SET default_transaction_read_only = off`);
  await expect(store.check()).rejects.toThrow(StoreUnavailable);
  await store.check();
  await store.close();
  await administrator.end();
});

test('a store that is closed is unavailable', async () => {
  const store = await openPostgresStore({ url: await aDatabase() });
  await store.check();
  await store.close();
  await expect(store.grants.find('x')).rejects.toThrow(StoreUnavailable);
  await expect(store.check()).rejects.toThrow(/has been closed/);
});

test('a fault of ours is not told as an unavailable store', async () => {
  const store = await openPostgresStore({ url: await aDatabase() });
  const broken = { ...aGrant(), expiresAt: null as unknown as number };
  const error = await store.grants.open(broken).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(StoreUnavailable);
  await store.check();
  await store.close();
});
