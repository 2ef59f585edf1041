import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { postgresReplay, replayTable } from './postgres.ts';
import { replayContract } from './replay-contract.fixture.ts';

describe('used proofs in PostgreSQL', () => {
  const pools: pg.Pool[] = [];
  beforeAll(async () => {
    const response = await fetch(`${inject('postgres')}/database`, { method: 'POST' });
    const connectionString = await response.text();
    for (let each = 0; each < 2; each += 1) pools.push(new pg.Pool({ connectionString, max: 20 }));
    for (const pool of pools) await pool.query(replayTable);
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
  });

  const stores = () => pools.map((pool) => postgresReplay(pool));
  replayContract(async () => {
    const [one, other] = stores();
    if (!(one && other)) throw new Error('there are two pools');
    return [one, other];
  });

  test('RS-055 what has expired is deleted, once a minute', async () => {
    const [pool] = pools;
    const [store] = stores();
    await pool?.query('DELETE FROM valetkey_replay');
    const rows = async () => (await pool?.query('SELECT key FROM valetkey_replay ORDER BY key'))?.rows;
    await store?.use('a', 10_000, 0);
    await store?.use('b', 70_000, 59_999);
    expect(await rows()).toEqual([{ key: 'a' }, { key: 'b' }]);
    await store?.use('c', 130_000, 60_000);
    expect(await rows()).toEqual([{ key: 'b' }, { key: 'c' }]);
  });
});
