import { expect, test } from 'vitest';
import { aStage } from '../authority.fixture.ts';
import { addressKey } from '../sign-in/address-key.ts';
import { countRegistration } from './admission.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:2::', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
  ['not:an:address', 'not:an:address'],
])('MD-042: the registrations of %s count for %s', (address, network) => {
  expect(addressKey(address)).toBe(network);
});

test('MD-042: behind a socket for both families each IPv4 address counts for itself', async () => {
  const throttle = { limit: 1, windowSeconds: 60 };
  const { authority } = aStage({ config: { registration: { mode: 'open', throttle } } });
  const outcomeOf = async (address: string) => (await countRegistration(authority, address)).outcome;
  expect(await outcomeOf('::ffff:192.0.2.1')).toBe('taken');
  expect(await outcomeOf('::ffff:192.0.2.2')).toBe('taken');
  expect(await outcomeOf('192.0.2.1')).toBe('refused');
});

test('MD-042: of many at once as many are admitted as the limit says', async () => {
  const throttle = { limit: 3, windowSeconds: 60 };
  const { authority, clock } = aStage({ config: { registration: { mode: 'open', throttle } } });
  const taken = await Promise.all(
    Array.from({ length: 10 }, (_, i) => countRegistration(authority, `2001:db8::${i}`)),
  );
  expect(taken.filter(({ outcome }) => outcome === 'taken')).toHaveLength(3);
  expect(taken.at(-1)).toEqual({ outcome: 'refused', retryAt: clock.now + 60_000 });
});
