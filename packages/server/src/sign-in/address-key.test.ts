import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressKey } from './address-key.ts';

test('SB-026: addresses of one IPv6 network count as one, however they are written; those of the next do not', () => {
  const network = [
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff::',
    '2001:0DB8:0001:0002:3:4:5:6',
    '2001:db8:1:2::9%eth0',
  ];
  expect(new Set(network.map(addressKey))).toEqual(new Set(['2001:db8:1:2::/64']));
  expect(addressKey('2001:db8:1:3::1')).toBe('2001:db8:1:3::/64');
  expect([addressKey('::1'), addressKey('::')]).toEqual(['0:0:0:0::/64', '0:0:0:0::/64']);
  expect(addressKey('fe80::1')).toBe('fe80:0:0:0::/64');
});

test('SB-026: an IPv4 address counts for itself, also in IPv6 clothes', () => {
  expect(addressKey('192.0.2.1')).toBe('192.0.2.1');
  expect(addressKey('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(addressKey('::ffff:c000:201')).toBe('192.0.2.1');
});

test.each(['', 'unknown', ':', 'a:b', '1:2:3', '2001:db8::1::2', '2001:db8:1:2:3:4:5:6:7', '[::1]', '::1/x'])(
  '%j, which is no address, stands for itself',
  (text) => {
    expect(addressKey(text)).toBe(text);
  },
);

test('two IPv6 addresses have one key exactly when their first 64 bits are the same', () => {
  const half = fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 4, maxLength: 4 });
  const written = (groups: readonly number[]) => groups.map((group) => group.toString(16)).join(':');
  fc.assert(
    fc.property(half, half, half, half, (one, other, low, high) => {
      const first = addressKey(written([...one, ...low]));
      expect(addressKey(written([...one, ...high]))).toBe(first);
      expect(addressKey(written([...other, ...high])) === first).toBe(written(one) === written(other));
    }),
  );
});
