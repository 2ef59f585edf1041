import type { ReplayStore } from './replay-store.ts';

/** What is asked of a Redis client; `ioredis` has it. */
export interface RedisClient {
  set(key: string, value: string, px: 'PX', milliseconds: number, nx: 'NX'): Promise<unknown>;
}

/**
 * Used proofs in Redis, for all processes that share it: one `SET ... PX ... NX` for each proof, which Redis forgets by
 * itself. `prefix` goes before each key, `valetkey:replay:` unless given. A Redis that evicts keys lets proofs be replayed:
 * set `maxmemory-policy noeviction`.
 */
export function redisReplay(client: RedisClient, { prefix = 'valetkey:replay:' } = {}): ReplayStore {
  return {
    async use(key, untilMs, nowMs) {
      const life = Math.max(1, Math.ceil(untilMs - nowMs));
      return (await client.set(prefix + key, '', 'PX', life, 'NX')) === null ? 'again' : 'first';
    },
  };
}
