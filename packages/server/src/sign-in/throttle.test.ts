import { expect, test } from 'vitest';
import { aStage } from '../authority.fixture.ts';
import type { Authority } from '../authority.ts';
import { admit, forgive } from './throttle.ts';

const throttling = { account: { limit: 3, windowSeconds: 60 }, address: { limit: 5, windowSeconds: 60 } };

function stage() {
  return aStage({ config: { throttling } });
}

async function admitted(
  authority: Authority,
  tries: readonly (readonly [account: string, address: string])[],
) {
  const outcomes: string[] = [];
  for (const [account, address] of tries) {
    const admission = await admit(authority, { account, address });
    outcomes.push(admission.admitted ? 'yes' : admission.by);
  }
  return outcomes;
}

test('AZ-075, SB-026: after so many tries the account waits, from whatever address they come', async () => {
  const { authority } = stage();
  const tries = [1, 2, 3, 4, 5].map((n) => ['ada', `192.0.2.${n}`] as const);
  expect(await admitted(authority, tries)).toEqual(['yes', 'yes', 'yes', 'account', 'account']);
  expect(await admitted(authority, [['bob', '192.0.2.1']])).toEqual(['yes']);
});

test('AZ-075, SB-026: after so many tries the address waits, whatever accounts it tries', async () => {
  const { authority } = stage();
  const tries = ['a', 'b', 'c', 'd', 'e', 'f'].map((account) => [account, '192.0.2.1'] as const);
  expect(await admitted(authority, tries)).toEqual(['yes', 'yes', 'yes', 'yes', 'yes', 'address']);
  expect(await admitted(authority, [['f', '192.0.2.2']])).toEqual(['yes']);
});

test('SB-026: whoever has an IPv6 network waits for all of it, and for no other', async () => {
  const { authority } = stage();
  const tries = ['::1', '::2', '::3', ':ffff::', ':1:2:3:4', '::6'].map(
    (end, i) => [`user${i}`, `2001:db8:0:7${end}`] as const,
  );
  expect(await admitted(authority, tries)).toEqual(['yes', 'yes', 'yes', 'yes', 'yes', 'address']);
  expect(await admitted(authority, [['ada', '2001:db8:0:8::1']])).toEqual(['yes']);
});

test('an address that waits does not use up the tries of an account', async () => {
  const { authority } = stage();
  await admitted(
    authority,
    Array.from({ length: 5 }, (_, i) => [`x${i}`, '192.0.2.1'] as const),
  );
  const blocked = Array.from({ length: 20 }, () => ['ada', '192.0.2.1'] as const);
  expect(new Set(await admitted(authority, blocked))).toEqual(new Set(['address']));
  expect(await admitted(authority, [['ada', '192.0.2.2']])).toEqual(['yes']);
});

test('SB-035: tries at the same moment cannot pass the limit', async () => {
  const { authority } = stage();
  const tries = Array.from({ length: 50 }, (_, n) =>
    admit(authority, { account: 'ada', address: `192.0.2.${n}` }),
  );
  const through = (await Promise.all(tries)).filter((admission) => admission.admitted);
  expect(through).toHaveLength(3);
});

test('the window ends when it was said to, and not a moment sooner', async () => {
  const { authority, clock } = stage();
  const who = { account: 'ada', address: '192.0.2.1' };
  await admitted(
    authority,
    Array.from({ length: 3 }, () => ['ada', '192.0.2.1'] as const),
  );
  const refused = await admit(authority, who);
  expect(refused).toEqual({ admitted: false, by: 'account', retryAt: clock.now + 60_000 });
  clock.now += 59_999;
  expect(await admit(authority, who)).toMatchObject({ admitted: false });
  clock.now += 1;
  expect(await admit(authority, who)).toEqual({ admitted: true });
});

test('a success frees the account, not the address', async () => {
  const { authority } = stage();
  await admitted(
    authority,
    Array.from({ length: 3 }, () => ['ada', '192.0.2.1'] as const),
  );
  await forgive(authority, 'ada');
  expect(
    await admitted(
      authority,
      Array.from({ length: 3 }, () => ['ada', '192.0.2.1'] as const),
    ),
  ).toEqual(['yes', 'yes', 'address']);
});

test('SB-032: what is counted is kept under a hash: no name and no address stands in the store', async () => {
  const { authority, store } = stage();
  const keys: string[] = [];
  const take = store.attempts.take;
  Object.assign(store.attempts, {
    take: (attempt: { key: string; limit: number; window: number; now: number }) => {
      keys.push(attempt.key);
      return take(attempt);
    },
  });
  await admit(authority, { account: 'ada', address: '192.0.2.1' });
  await admit(authority, { account: '192.0.2.1', address: 'ada' });
  expect(new Set(keys).size).toBe(4);
  for (const key of keys) expect(key).toMatch(/^(account|address):[A-Za-z0-9_-]{43}$/);
});
