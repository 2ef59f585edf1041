import { expect, test } from 'vitest';
import type { Fetched, OutgoingRequest } from '../ports.ts';
import { ClientKeySets, KeySetUnavailable } from './client-key-sets.ts';

const uri = 'https://client.example/jwks';
const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** One publisher, whose answer can be changed, and a clock that can be moved. */
function aPublisher(first: Fetched = published('a')) {
  const world = { now: 1_700_000_000_000, answer: first, requests: [] as OutgoingRequest[] };
  const sets = new ClientKeySets(
    {
      async fetch(request) {
        world.requests.push(request);
        return world.answer;
      },
    },
    () => world.now,
  );
  const kids = async (read: 'current' | 'renewed' = 'current') =>
    (await sets[read](uri)).map(({ kid }) => kid);
  return { world, sets, kids, reads: () => world.requests.length };
}

function published(kid: string, freshForSeconds: number | null = null): Fetched {
  return fetched(JSON.stringify({ keys: [{ kty: 'EC', kid }] }), freshForSeconds);
}

function fetched(body: string, freshForSeconds: number | null = null): Fetched {
  return { outcome: 'fetched', status: 200, mediaType: 'application/jwk-set+json', body, freshForSeconds };
}

const down: Fetched = { outcome: 'failed', why: 'no answer within 5 s' };

test.each([
  [null, 10 * minute],
  [0, minute],
  [1800, 30 * minute],
  [7 * 86_400, 24 * hour],
])('MD-027: a set that says it is fresh for %s s is read again after %i ms', async (said, after) => {
  const { world, kids, reads } = aPublisher(published('a', said));
  expect(await kids()).toEqual(['a']);
  world.now += after - 1;
  expect(await kids()).toEqual(['a']);
  expect(reads()).toBe(1);
  world.now += 1;
  world.answer = published('b');
  expect(await kids()).toEqual(['b']);
});

test('MD-028: it asks for a key set of 64 KiB at most', async () => {
  const { world, kids } = aPublisher();
  await kids();
  expect(world.requests).toEqual([
    { url: uri, accept: ['application/jwk-set+json', 'application/json'], longest: 65_536 },
  ]);
});

test('MD-025: made-up key ids cause one read in 30 s', async () => {
  const { world, kids, reads } = aPublisher();
  await kids();
  for (let i = 0; i < 100; i += 1) await kids('renewed');
  expect(reads()).toBe(1);
  world.now += 30 * second;
  world.answer = published('b');
  for (let i = 0; i < 100; i += 1) expect(await kids('renewed')).toEqual(['b']);
  expect(reads()).toBe(2);
});

test('MD-027: parallel misses share one read', async () => {
  const { kids, reads } = aPublisher();
  const found = await Promise.all(Array.from({ length: 20 }, () => kids()));
  expect([reads(), new Set(found.flat())]).toEqual([1, new Set(['a'])]);
});

test('MD-027: while it cannot be read, the last set is good for a day and no longer', async () => {
  const { world, kids } = aPublisher();
  await kids();
  world.answer = down;
  world.now += 24 * hour - 1;
  expect(await kids()).toEqual(['a']);
  world.now += minute;
  await expect(kids()).rejects.toThrow(new KeySetUnavailable(`${uri}: no answer within 5 s`));
  world.answer = published('b');
  world.now += minute;
  expect(await kids()).toEqual(['b']);
});

test.each([
  ['what cannot be fetched', down, 'no answer within 5 s'],
  ['what may not be fetched', { outcome: 'refused', why: 'not https' } as const, 'not https'],
  ['what is no JSON', fetched('<html>'), 'no JWK Set'],
  ['what is no set', fetched('{"keys":{}}'), 'no JWK Set'],
  ['what is no object', fetched('[]'), 'no JWK Set'],
])(
  'MD-028: %s gives no keys, is asked for again after 5 s only, and may then be good',
  async (_, answer, why) => {
    const { world, kids, reads } = aPublisher(answer);
    for (let i = 0; i < 10; i += 1) await expect(kids()).rejects.toThrow(why);
    expect(reads()).toBe(1);
    world.now += 5 * second;
    world.answer = published('a');
    expect(await kids()).toEqual(['a']);
  },
);

test('the least lately used of more than a thousand sets are forgotten', async () => {
  const { sets, kids, reads } = aPublisher();
  await kids();
  for (let i = 0; i < 500; i += 1) await sets.current(`${uri}/${i}`);
  await kids();
  for (let i = 500; i < 1499; i += 1) await sets.current(`${uri}/${i}`);
  const before = reads();
  await kids();
  expect(reads()).toBe(before);
  await sets.current(`${uri}/0`);
  expect(reads()).toBe(before + 1);
});
