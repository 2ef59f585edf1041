import { Redis } from 'ioredis';
import RedisMock from 'ioredis-mock';
import { afterAll, describe, expect, test } from 'vitest';
import { redisReplay } from './redis.ts';
import { replayContract } from './replay-contract.fixture.ts';

/**
 * No npm package carries a Redis server, so that the usual run has an imitation in memory under the interface of
 * `ioredis`. With `REDIS_URL=redis://127.0.0.1:6379` the same is asked of a real one.
 */
const url = process.env.REDIS_URL;
const open = () => (url === undefined ? new RedisMock() : new Redis(url));

describe(`used proofs in ${url === undefined ? 'an imitation of Redis' : 'Redis'}`, () => {
  const [one, other] = [open(), open()];
  afterAll(async () => {
    await Promise.all([one.quit(), other.quit()]);
  });

  replayContract(async () => [redisReplay(one), redisReplay(other)]);

  test('RS-055 each proof has its own life in Redis, under the prefix that was asked for', async () => {
    const key = `k${crypto.randomUUID()}`;
    await redisReplay(one, { prefix: 'photos:' }).use(key, 60_000.4, 0);
    const life = await one.pttl(`photos:${key}`);
    expect(life).toBeGreaterThan(50_000);
    expect(life).toBeLessThanOrEqual(60_001);
  });

  test('RS-055 a use that comes late is one of a millisecond, not one for ever', async () => {
    const key = `k${crypto.randomUUID()}`;
    expect(await redisReplay(one).use(key, 1_000, 2_000)).toBe('first');
    await expect.poll(() => one.exists(`valetkey:replay:${key}`)).toBe(0);
  });
});
