import { randomBytes } from 'node:crypto';
import { day, hour, keyPool, memoryStore, minute, noon } from '@valetkey/store-contract';
import { describe, expect, test } from 'vitest';
import { aStage } from '../authority.fixture.ts';
import { openSealed, sealNow } from '../authority.ts';
import type { SigningAlgorithm, StoredKey } from '../model.ts';
import { type KeyStore, type Store, StoreUnavailable } from '../ports.ts';
import { KeyKeeper } from './key-keeper.ts';
import type { KeyRing } from './key-ring.ts';
import { RootKey, WrongRootKey } from './root-key.ts';

/** The memory store, whose keys are counted as they are read and can be out of reach. */
function countingStore() {
  const store = memoryStore();
  const reads = { count: 0, failing: false };
  const keys: KeyStore = {
    ...store.keys,
    async list() {
      reads.count += 1;
      if (reads.failing) throw new StoreUnavailable('down');
      return store.keys.list();
    },
  };
  return { store: { ...store, keys } satisfies Store, reads };
}

async function slots(store: Store, algorithm: StoredKey['algorithm']): Promise<number[]> {
  return (await store.keys.list()).filter((key) => key.algorithm === algorithm).map(({ slot }) => slot);
}

function published(ring: KeyRing, algorithm: StoredKey['algorithm']): number {
  return ring.publicKeys.filter(({ alg }) => alg === algorithm).length;
}

const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

describe('MD-022: rotation by the calendar', () => {
  /**
   * Defaults: a signing key every 30 days, published from a day ahead until 10 minutes and an hour after the next one
   * signs, kept for the 14 days more that a session can last.
   */
  async function slotsAt(passed: number) {
    const { authority, store, clock } = aStage();
    const first = (await authority.keys.ring(clock.now)).signer(clock.now, 'ES256');
    // By way of the publication, so that what has happened by then has happened step by step.
    for (const step of [29 * day, 30 * day]) {
      if (step > passed) continue;
      clock.now = noon + step;
      await authority.keys.freshRing(clock.now);
    }
    clock.now = noon + passed;
    const ring = await authority.keys.freshRing(clock.now);
    return {
      slots: await slots(store, 'ES256'),
      published: published(ring, 'ES256'),
      sameSigner: ring.signer(clock.now, 'ES256').id === first.id,
    };
  }

  test.each([
    ['at first', 0, [1], true],
    ['a day and a moment before the next is due', 29 * day - 1, [1], true],
    ['when the next is published', 29 * day, [1, 2], true],
    ['a moment before the next signs', 30 * day - 1, [1, 2], true],
    ['when the next signs', 30 * day, [1, 2], false],
    ['while the last token of the old lives', 30 * day + 10 * minute + hour, [1, 2], false],
  ])('%s', async (_, passed, expected, sameSigner) => {
    expect(await slotsAt(passed)).toEqual({ slots: expected, published: expected.length, sameSigner });
  });

  test.each([
    ['once its last token has died', 30 * day + 10 * minute + hour + 1, [1, 2]],
    ['while a session that it told of can last', 44 * day, [1, 2]],
    ['a moment later', 44 * day + 1, [2]],
  ])(
    'the old key is not published %s, and kept as long as its ID tokens are hints',
    async (_, passed, kept) => {
      expect(await slotsAt(passed)).toEqual({ slots: kept, published: 1, sameSigner: false });
    },
  );

  test('without ID tokens it is not kept for them', async () => {
    const { authority, store, clock } = aStage({ config: { features: { openid: false } } });
    await authority.keys.ring(clock.now);
    await authority.keys.rotate(clock.now, 'at-once');
    clock.now += 10 * minute + hour + 5001;
    await authority.keys.freshRing(clock.now);
    expect(await slots(store, 'ES256')).toEqual([2]);
  });

  test('after a sleep of years the old key signs until the next has been published for its time', async () => {
    const { authority, clock } = aStage();
    const first = (await authority.keys.ring(clock.now)).signer(clock.now, 'ES256');
    clock.now += 900 * day;
    const woken = await authority.keys.ring(clock.now);
    expect(woken.signer(clock.now, 'ES256').id).toBe(first.id);
    expect(woken.publicKeys).toHaveLength(2 * algorithms.length);
    clock.now += day;
    expect((await authority.keys.freshRing(clock.now)).signer(clock.now, 'ES256').id).not.toBe(first.id);
  });

  test('SB-033: each key that is made is told, once', async () => {
    const { authority, clock, events } = aStage();
    await authority.keys.ring(clock.now);
    clock.now += 29 * day;
    await authority.keys.freshRing(clock.now);
    const told = events.map((event) => event.type === 'key.created' && event.algorithm);
    const all = ['A256GCM', ...algorithms];
    expect([told.slice(0, 5).toSorted(), told.slice(5).toSorted()]).toEqual([all.toSorted(), all.toSorted()]);
  });
});

describe('each algorithm has keys of its own', () => {
  const withAlgorithms = (...named: [SigningAlgorithm, ...SigningAlgorithm[]]) => ({
    config: { keys: { algorithms: named } },
  });

  test('at first a key of each is made at the same time, and signs at once', async () => {
    const store = memoryStore();
    const asked: SigningAlgorithm[] = [];
    const pool = keyPool();
    const allAsked = Promise.withResolvers<void>();
    const { authority, clock } = aStage({
      store,
      async newKeyPair(algorithm) {
        asked.push(algorithm);
        if (asked.length === algorithms.length) allAsked.resolve();
        await allAsked.promise;
        return pool(algorithm);
      },
    });
    const ring = await authority.keys.ring(clock.now);
    expect(asked).toEqual(algorithms);
    for (const algorithm of algorithms) {
      expect(ring.signs(algorithm)).toBe(true);
      expect(await slots(store, algorithm)).toEqual([1]);
    }
    expect((await store.keys.list()).map(({ activeFrom }) => activeFrom)).toEqual(Array(5).fill(noon));
  });

  test('one that is rotated by hand follows its own calendar from then on', async () => {
    const { authority, store, clock } = aStage(withAlgorithms('ES256', 'EdDSA'));
    await authority.keys.ring(clock.now);
    clock.now += 10 * day;
    await authority.keys.rotate(clock.now, 'at-once', 'EdDSA');
    clock.now += 19 * day;
    await authority.keys.freshRing(clock.now);
    expect([await slots(store, 'ES256'), await slots(store, 'EdDSA')]).toEqual([[1, 2], [2]]);
  });

  test('one that is configured later signs at once, and the others go on', async () => {
    const { authority, store, clock } = aStage(withAlgorithms('ES256'));
    const before = (await authority.keys.ring(clock.now)).signer(clock.now, 'ES256').id;
    clock.now += 5 * day;
    const later = aStage({ store, clock, seed: 'later', ...withAlgorithms('ES256', 'RS256') }).authority;
    const ring = await later.keys.ring(clock.now);
    expect(ring.signer(clock.now, 'ES256').id).toBe(before);
    const added = (await store.keys.list()).filter(({ algorithm }) => algorithm === 'RS256');
    expect(added).toMatchObject([{ slot: 1, activeFrom: clock.now, id: ring.signer(clock.now, 'RS256').id }]);
    expect((await authority.keys.ringAgain(clock.now)).verifier(added[0]?.id ?? '')).toBeDefined();
  });

  /** A key of each algorithm is made, and one published a day ahead on the 29th day; then RS256 is left out. */
  async function leftOut(passed: number) {
    const before = aStage();
    const { store, clock } = before;
    await before.authority.keys.ring(clock.now);
    clock.now = noon + 29 * day;
    await before.authority.keys.freshRing(clock.now);
    const { authority } = aStage({ store, clock, seed: 'after', ...withAlgorithms('ES256', 'PS256') });
    clock.now = noon + passed;
    const ring = await authority.keys.ring(clock.now);
    const [kept, told] = [await slots(store, 'RS256'), published(ring, 'RS256')];
    return { kept, published: told, signs: ring.signs('RS256') };
  }

  const [longest, session] = [10 * minute + hour, 14 * day];
  test.each([
    ['both keys are published', 29 * day, [1, 2], 2],
    ['the first is published while its last token lives', 30 * day + longest, [1, 2], 2],
    ['then it is not', 30 * day + longest + 1, [1, 2], 1],
    ['it is kept while its ID tokens are hints', 30 * day + session, [1, 2], 1],
    ['then it goes', 30 * day + session + 1, [2], 1],
    [
      'the last is published as long as it could have signed, and is not followed',
      60 * day + longest,
      [2],
      1,
    ],
    ['then it is not either', 60 * day + longest + 1, [2], 0],
    ['and in the end nothing is left', 60 * day + session + 1, [], 0],
  ])('MD-022: of one that is left out, %s', async (_, passed, kept, told) => {
    expect(await leftOut(passed)).toEqual({ kept, published: told, signs: false });
  });

  test.each([
    ['an access token', { lifetimes: { accessToken: 7200, idToken: 60 } }],
    ['an ID token', { lifetimes: { accessToken: 60, idToken: 3600 } }, 3600],
    ['an access token of one API', { lifetimes: { accessToken: 60 }, resources: [slowApi()] }],
  ])(
    'MD-022: a signing key is published until %s, the longest-lived, has died',
    async (_, config, life = 7200) => {
      const { authority, clock } = aStage({ config });
      await authority.keys.ring(clock.now);
      await authority.keys.rotate(clock.now, 'at-once');
      clock.now += life * 1000 + hour;
      expect(published(await authority.keys.freshRing(clock.now), 'EdDSA')).toBe(2);
      clock.now += 5001;
      expect(published(await authority.keys.freshRing(clock.now), 'EdDSA')).toBe(1);
    },
  );

  function slowApi() {
    return { identifier: 'https://slow.example', name: 'Slow', scopes: ['read'], accessTokenLifetime: 7200 };
  }
});

describe('a seal key is kept until whatever it sealed has died', () => {
  const short = {
    refreshTokenIdle: 60,
    refreshTokenAbsolute: 60,
    sessionIdle: 60,
    accessToken: 10,
    interaction: 60,
  };
  const twoDays = 2 * day;
  test.each([
    ['refresh tokens', { refreshTokenAbsolute: twoDays / 1000 }, twoDays],
    ['session cookies', { sessionIdle: twoDays / 1000 }, twoDays],
    ['opaque access tokens', { accessToken: day / 1000 }, day],
    ['tickets', { interaction: day / 1000 }, day],
    ['codes', { authorizationCode: 600 }, 10 * minute],
  ])('%s', async (_, longest, life) => {
    const { authority, clock } = aStage({ config: { lifetimes: { ...short, ...longest } } });
    await authority.keys.ring(clock.now);
    clock.now += 7 * day - 6 * minute;
    await authority.keys.freshRing(clock.now);
    clock.now = noon + 7 * day - 1;
    const sealed = await sealNow(authority, 'code', 'content');
    for (let passed = 0; passed < life; passed += hour) {
      clock.now += Math.min(hour, life - passed);
      await authority.keys.freshRing(clock.now);
    }
    expect((await authority.keys.ring(clock.now)).sealer(clock.now).id).not.toBe(sealed.slice(5, 11));
    expect(await openSealed(authority, 'code', sealed)).toBe('content');
    clock.now += twoDays + 2 * hour;
    await authority.keys.freshRing(clock.now);
    expect(await openSealed(authority, 'code', sealed)).toBeUndefined();
  });
});

describe('several nodes over one store', () => {
  test('MD-022: of keys made at the same moment one a slot stands, and all nodes use it', async () => {
    const store = memoryStore();
    const clock = { now: noon };
    const nodes = Array.from({ length: 8 }, (_, i) => aStage({ store, clock, seed: `node ${i}` }));
    const stood = new Set<string>();
    for (const passed of [0, 29 * day, 30 * day, 31 * day]) {
      clock.now = noon + passed;
      const rings = await Promise.all(nodes.map(({ authority }) => authority.keys.freshRing(clock.now)));
      for (const algorithm of algorithms)
        expect(new Set(rings.map((ring) => ring.signer(clock.now, algorithm).id)).size).toBe(1);
      expect(new Set(rings.map((ring) => ring.sealer(clock.now).id)).size).toBe(1);
      const keys = await store.keys.list();
      expect(new Set(keys.map(({ algorithm, slot }) => `${algorithm} ${slot}`)).size).toBe(keys.length);
      for (const { id } of keys) stood.add(id);
    }
    expect(await slots(store, 'ES256')).toEqual([1, 2]);
    const told = nodes.flatMap(({ events }) =>
      events.map((event) => event.type === 'key.created' && event.keyId),
    );
    expect(new Set(told)).toEqual(stood);
    expect(told).toHaveLength(stood.size);
  });

  test('keys made by hand at the same moment take a slot each', async () => {
    const store = memoryStore();
    const clock = { now: noon };
    const nodes = ['a', 'b', 'c'].map((seed) => aStage({ store, clock, seed }));
    const made = await Promise.all(nodes.map(({ authority }) => authority.keys.rotate(clock.now, 'at-once')));
    for (const algorithm of algorithms) {
      const given = made.flat().filter((key) => key.algorithm === algorithm);
      expect(given.map(({ slot }) => slot).toSorted()).toEqual([2, 3, 4]);
      expect(await slots(store, algorithm)).toEqual([1, 2, 3, 4]);
    }
  });

  test('a key made by hand signs at once, or after it has been published', async () => {
    const { authority, clock } = aStage();
    const signer = async () => (await authority.keys.ring(clock.now)).signer(clock.now, 'ES256').id;
    const [ahead] = await authority.keys.rotate(clock.now, 'published-ahead', 'ES256');
    expect(ahead?.activeFrom).toBe(clock.now + day);
    expect(await signer()).not.toBe(ahead?.id);
    const [atOnce] = await authority.keys.rotate(clock.now, 'at-once', 'ES256');
    expect(await signer()).toBe(atOnce?.id);
    clock.now += day;
    expect(await signer()).toBe(atOnce?.id);
  });

  test('keys are made by hand for all algorithms, or for one of those that are configured', async () => {
    const { authority, store, clock } = aStage({ config: { keys: { algorithms: ['PS256', 'ES256'] } } });
    const made = async (only?: SigningAlgorithm) =>
      (await authority.keys.rotate(clock.now, 'at-once', only)).map(({ algorithm }) => algorithm);
    expect(await made()).toEqual(['PS256', 'ES256']);
    expect(await made('ES256')).toEqual(['ES256']);
    expect([await slots(store, 'PS256'), await slots(store, 'ES256')]).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
    await expect(made('RS256')).rejects.toThrow(RangeError);
    expect(await slots(store, 'RS256')).toEqual([]);
  });

  test('MD-024: a node with another root key makes nothing', async () => {
    const { authority, store, clock } = aStage();
    await authority.keys.ring(clock.now);
    const before = await store.keys.list();
    const emit = () => expect.unreachable();
    const rootKey = new RootKey(Buffer.alloc(32, 9));
    const stranger = new KeyKeeper(authority.config, {
      store: store.keys,
      rootKey,
      random: randomBytes,
      newKeyPair: keyPool(),
      emit,
    });
    for (const now of [clock.now, clock.now + 400 * day]) {
      await expect(stranger.ring(now)).rejects.toThrow(WrongRootKey);
      await expect(stranger.rotate(now, 'at-once')).rejects.toThrow(WrongRootKey);
    }
    expect(await store.keys.list()).toEqual(before);
  });
});

describe('how often the store is read', () => {
  test('once a minute at most while all is known, whoever asks', async () => {
    const { store, reads } = countingStore();
    const { authority, clock } = aStage({ store });
    await Promise.all(Array.from({ length: 20 }, () => authority.keys.ring(clock.now)));
    const first = reads.count;
    clock.now += minute;
    await authority.keys.ring(clock.now);
    expect(reads.count).toBe(first);
    clock.now += 1;
    await Promise.all(Array.from({ length: 20 }, () => authority.keys.ring(clock.now)));
    expect(reads.count).toBe(first + 1);
  });

  test('an unknown key id is looked for once a second at most', async () => {
    const { store, reads } = countingStore();
    const { authority, clock } = aStage({ store });
    const good = await sealNow(authority, 'code', 1);
    const unknown = (id: string) => `vkc1_${id}${good.slice(11)}`;
    const before = reads.count;
    for (let i = 0; i < 50; i += 1)
      expect(await openSealed(authority, 'code', unknown('AAAAAA'))).toBeUndefined();
    expect(reads.count).toBe(before);
    clock.now += 1001;
    await Promise.all(['BBBBBB', 'CCCCCC', 'DDDDDD'].map((id) => openSealed(authority, 'code', unknown(id))));
    await openSealed(authority, 'code', unknown('EEEEEE'));
    expect(reads.count).toBe(before + 1);
  });

  test('a value under a key that another node made since is opened', async () => {
    const { store } = countingStore();
    const clock = { now: noon };
    const [here, there] = ['here', 'there'].map((seed) => aStage({ store, clock, seed }).authority);
    if (here === undefined || there === undefined) return expect.unreachable();
    await Promise.all([here.keys.ring(noon), there.keys.ring(noon)]);
    clock.now = noon + 7 * day - 5 * minute;
    await there.keys.freshRing(clock.now);
    await here.keys.freshRing(clock.now - 10_000);
    clock.now = noon + 7 * day;
    const sealed = await sealNow(there, 'code', 'x');
    expect(await openSealed(here, 'code', sealed)).toBe('x');
  });

  test('a clock that was set back does not keep a node from reading', async () => {
    const { store } = countingStore();
    const clock = { now: noon + day };
    const { authority } = aStage({ store, clock });
    await authority.keys.ring(clock.now);
    clock.now = noon;
    const other = aStage({ store, clock, seed: 'other' }).authority;
    const made = await other.keys.rotate(clock.now, 'at-once');
    const ring = await authority.keys.ringAgain(clock.now);
    expect(made.filter(({ id }) => ring.verifier(id) === undefined)).toEqual([]);
  });
});

describe('a store that cannot answer', () => {
  test('the ring that is there serves on for ten minutes, and is read as soon as the store is back', async () => {
    const { store, reads } = countingStore();
    const { authority, clock } = aStage({ store });
    const ring = await authority.keys.ring(clock.now);
    reads.failing = true;
    clock.now += 10 * minute;
    expect(await authority.keys.ring(clock.now)).toBe(ring);
    expect(await authority.keys.freshRing(clock.now)).toBe(ring);
    clock.now += 1;
    await expect(authority.keys.ring(clock.now)).rejects.toThrow(StoreUnavailable);
    reads.failing = false;
    expect((await authority.keys.ring(clock.now)).signer(clock.now, 'ES256').id).toBe(
      ring.signer(clock.now, 'ES256').id,
    );
  });

  test('at first there is no ring, and the next call tries again', async () => {
    const { store, reads } = countingStore();
    const { authority, clock } = aStage({ store });
    reads.failing = true;
    await expect(authority.keys.ring(clock.now)).rejects.toThrow(StoreUnavailable);
    reads.failing = false;
    expect((await authority.keys.ring(clock.now)).publicKeys).toHaveLength(algorithms.length);
  });
});

test('the key before a withdrawn one signs and seals again, and is not dropped as if it had been followed', async () => {
  const { authority, store, clock } = aStage();
  const first = (await authority.keys.ring(clock.now)).signer(clock.now, 'ES256');
  const [second] = await authority.keys.rotate(clock.now, 'at-once', 'ES256');
  await store.keys.revoke(second?.id ?? '', clock.now);
  clock.now += 5 * hour;
  const ring = await authority.keys.freshRing(clock.now);
  expect(ring.signer(clock.now, 'ES256').id).toBe(first.id);
  expect(await slots(store, 'ES256')).toEqual([1, 2]);
});
