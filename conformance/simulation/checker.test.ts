import { memoryStore } from '@valetkey/store-contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokenStores } from './broken-stores.ts';
import type { Rules } from './family.ts';
import { type Call, describeOperation, type Operation, type Outcome } from './history.ts';
import { live } from './life.ts';
import { linearize } from './linearize.ts';
import { everything, programs, type Taste } from './programs.ts';
import { World } from './world.ts';

/** Whether the checker can fail: by hand, and on stores that are broken. */

const rules: Rules = {
  isPublic: true,
  rotating: true,
  issuedAt: 0,
  codeLife: 60_000,
  accessLife: 600_000,
  idle: 3_600_000,
  absolute: 14_400_000,
  grace: 10_000,
  staleAfter: 180_000,
};

const exchange: Call = { kind: 'exchange', how: 'right' };
const revoke: Call = { kind: 'revoke', generation: 0, how: 'right' };
const introspect: Call = { kind: 'introspect', of: 0 };
const refresh = (generation: number): Call => ({ kind: 'refresh', generation, how: 'right' });

interface Line {
  readonly call: Call;
  readonly outcome: Outcome;
  readonly now?: number;
  /** From when to when; by default each line follows the one before. */
  readonly from?: number;
  readonly to?: number;
}

function judge(...lines: Line[]): boolean {
  const history = lines.map(({ call, outcome, now = 0, from, to }, id): Operation => {
    const called = from ?? id * 10;
    const returned = outcome === 'unknown' ? Number.POSITIVE_INFINITY : (to ?? id * 10 + 5);
    return { id, node: 0, call, outcome, now, called, returned };
  });
  return linearize(rules, history).explained;
}

const opened: Line = { call: exchange, outcome: 'tokens' };

test('a code that was redeemed twice is explained only where the second one was refused', () => {
  expect(judge(opened, { call: exchange, outcome: 'refused: invalid_grant' })).toBe(true);
  expect(judge(opened, { call: exchange, outcome: 'tokens' })).toBe(false);
  expect(judge({ call: exchange, outcome: 'refused: invalid_grant' })).toBe(false);
});

test('an answer that comes after a revocation has to tell of it, one that overlaps with it need not', () => {
  const revoked: Line = { call: revoke, outcome: 'ok', from: 10, to: 20 };
  expect(judge(opened, revoked, { call: introspect, outcome: 'inactive', from: 30, to: 40 })).toBe(true);
  expect(judge(opened, revoked, { call: introspect, outcome: 'active', from: 30, to: 40 })).toBe(false);
  expect(judge(opened, revoked, { call: introspect, outcome: 'active', from: 15, to: 40 })).toBe(true);
});

test('two answers that flap are not explained, even where both overlap with the revocation', () => {
  const revoked: Line = { call: revoke, outcome: 'ok', from: 10, to: 100 };
  const look = (outcome: Outcome, from: number): Line => ({ call: introspect, outcome, from, to: from + 5 });
  expect(judge(opened, revoked, look('active', 20), look('inactive', 30))).toBe(true);
  expect(judge(opened, revoked, look('inactive', 20), look('active', 30))).toBe(false);
});

test('what has no answer may have happened, may happen later, or never', () => {
  const lost: Line = { call: refresh(0), outcome: 'unknown' };
  expect(judge(opened, lost, { call: refresh(0), outcome: 'tokens', now: 5000 })).toBe(true);
  expect(judge(opened, lost, { call: refresh(0), outcome: 'tokens', now: 20_000 })).toBe(true);
  expect(judge(opened, lost, { call: refresh(0), outcome: 'refused: invalid_grant', now: 20_000 })).toBe(
    true,
  );
  expect(judge(opened, lost, { call: refresh(0), outcome: 'refused: invalid_grant', now: 5000 })).toBe(false);
  expect(
    judge(
      opened,
      { call: revoke, outcome: 'unknown' },
      { call: introspect, outcome: 'active' },
      { call: introspect, outcome: 'inactive' },
    ),
  ).toBe(true);
});

test('the grace has an end, and reuse after it kills', () => {
  const again = (now: number, outcome: Outcome): Line => ({ call: refresh(0), outcome, now });
  const next: Line = { call: refresh(0), outcome: 'tokens' };
  expect(
    judge(opened, next, again(10_000, 'tokens'), { call: refresh(1), outcome: 'tokens', now: 10_000 }),
  ).toBe(true);
  expect(judge(opened, next, again(10_001, 'tokens'))).toBe(false);
  expect(
    judge(opened, next, again(10_001, 'refused: invalid_grant'), {
      call: refresh(1),
      outcome: 'tokens',
      now: 10_001,
    }),
  ).toBe(false);
});

test('a report says what was seen, how far it can be explained, and what does not fit', () => {
  const history: Operation[] = [
    { id: 0, node: 0, call: exchange, outcome: 'tokens', now: 0, called: 1, returned: 2 },
    { id: 1, node: 1, call: exchange, outcome: 'tokens', now: 0, called: 3, returned: 4 },
  ];
  const verdict = linearize(rules, history);
  expect(verdict.explained ? '' : verdict.report).toContain(
    '#1 node 1 at 0 [3, 4] exchange right: tokens, but the model says refused: invalid_grant',
  );
});

test('the same seed gives the same histories, to the last interleaving', async () => {
  const histories = async () => {
    const told: string[] = [];
    const property = fc.asyncProperty(programs(everything), async (program) => {
      const store = memoryStore();
      const world = await World.begin({ durable: false, open: async () => store });
      told.push(...(await live(world, program)).operations.map(describeOperation));
    });
    await fc.assert(property, { seed: 20_261_125, numRuns: 40 });
    return told;
  };
  expect(await histories()).toEqual(await histories());
});

/** Enough to find each of them, and no more, so that the shortest history is found soon. */
const plain: Taste = {
  acts: {
    exchange: 1,
    refresh: 6,
    'refresh with a replaced token': 4,
    revoke: 2,
    introspect: 3,
    'consent-withdrawn': 1,
  },
  opened: true,
  faults: ['before'],
  passes: [10_001, 10_001, 3_600_000],
  together: 3,
  length: 6,
};

test.each(Object.entries(brokenStores))(
  'a store that %s is found out, by a short history',
  async (_, seenAs) => {
    const property = fc.asyncProperty(programs(plain), async (program) => {
      const store = memoryStore();
      const world = await World.begin({ durable: false, open: async () => store, seenAs });
      const { rules: ofClient, operations } = await live(world, program);
      return linearize(ofClient, operations).explained;
    });
    const details = await fc.check(property, { seed: 20261125, numRuns: 2000 });
    expect(details.failed).toBe(true);
    const [program] = details.counterexample ?? [];
    expect(program?.steps.length).toBeLessThanOrEqual(6);
  },
);
