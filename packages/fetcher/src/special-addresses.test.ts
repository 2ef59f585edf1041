import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAddress } from './address.ts';
import { isLoopback, judgedAs, specialUse, useOf } from './special-addresses.ts';

/** The first and the last address of each block, and the neighbors on both sides where they are public. */
test.each([
  ['0.0.0.0', '0.255.255.255', null, '1.0.0.0'],
  ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
  ['192.88.99.0', '192.88.99.255', '192.88.98.255', '192.88.100.0'],
  ['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
  ['203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
  ['224.0.0.0', '255.255.255.255', '223.255.255.255', null],
  ['::', '::1', null, null],
  ['2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', '2000:ffff::', '2001:200::'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db7:ffff::', '2001:db9::'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', '3ffe:ffff::', '3fff:1000::'],
  ['4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff:ffff::', null],
  ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', null, null],
  ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', null, null],
  ['ff00::', 'ff02::1', null, null],
  ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', null, null],
  ['100::', '100::ffff:ffff:ffff:ffff', null, null],
])('from %s to %s is special, what lies around it is not', (first, last, before, after) => {
  expect([specialUse(first), specialUse(last)]).not.toContain(null);
  for (const outside of [before, after]) if (outside !== null) expect(specialUse(outside)).toBeNull();
});

test.each([
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['::', 'unspecified'],
  ['10.1.2.3', 'private'],
  ['100.100.100.200', 'shared by a carrier'],
  ['169.254.169.254', 'link-local'],
  ['255.255.255.255', 'broadcast'],
  ['239.255.255.250', 'multicast'],
  ['fd00:ec2::254', 'unique-local'],
  ['fec0::1', 'site-local'],
  ['fe80::1%eth0', 'no address that can be judged'],
  ['localhost', 'no address that can be judged'],
])('%s is %s', (address, use) => {
  expect(specialUse(address)).toBe(use);
});

test.each(['1.1.1.1', '8.8.8.8', '93.184.215.14', '2606:4700:4700::1111', '2a00:1450:4001:82a::200e'])(
  '%s is public',
  (address) => {
    expect(specialUse(address)).toBeNull();
  },
);

const byte = fc.integer({ min: 0, max: 255 });
const dotted = fc.oneof(
  fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.')),
  fc.constantFrom('127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0', '192.168.1.1', '8.8.8.8', '1.1.1.1'),
);

function hex(address: string, flip = 0): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map((part) => Number(part) ^ flip);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

test('an IPv6 address that stands for an IPv4 address is judged as that one, however it is spelled', () => {
  fc.assert(
    fc.property(dotted, dotted, (address, server) => {
      const use = specialUse(address);
      const alike = [
        `::ffff:${address}`,
        `::FFFF:${hex(address).toUpperCase()}`,
        `0:0:0:0:0:ffff:${hex(address)}`,
        `::ffff:0:${address}`,
        `64:ff9b::${address}`,
        `0064:ff9b:0000:0000:0000:0000:${address}`,
        `2002:${hex(address)}::`,
        `2002:${hex(address)}:1234::${server}`,
        `2001:0:${hex(address)}:8000:63bf:${hex(address, 0xff)}`,
      ];
      for (const spelling of alike) expect([spelling, specialUse(spelling)]).toEqual([spelling, use]);
      const teredo = `2001:0:${hex(server)}::${hex(address, 0xff)}`;
      expect(specialUse(teredo) === null).toBe(use === null && specialUse(server) === null);
    }),
  );
});

test('every spelling that a URL takes for an IPv4 address is judged as that address', () => {
  fc.assert(
    fc.property(
      dotted,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(8, 10, 16),
      (address, parts, base) => {
        const bytes = address.split('.').map(Number);
        const heads = bytes.slice(0, parts - 1);
        const tail = bytes.slice(parts - 1).reduce((sum, next) => sum * 256 + next, 0);
        const prefix = { 8: '0', 10: '', 16: '0x' }[base];
        const spelling = [...heads, tail].map((part) => `${prefix}${part.toString(base)}`).join('.');
        const { hostname } = new URL(`https://${spelling}/`);
        expect(hostname).toBe(address);
        expect(specialUse(hostname)).toBe(specialUse(address));
      },
    ),
  );
});

test('every spelling of an IPv6 address is read as the same bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.nat(7),
      fc.nat(7),
      (bytes, from, size) => {
        const groups = Array.from(
          { length: 8 },
          (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
        );
        const zeroed = groups.map((group, index) => (index >= from && index <= from + size ? 0 : group));
        const long = zeroed.map((group) => group.toString(16).padStart(4, '0').toUpperCase()).join(':');
        const short = new URL(`https://[${long}]/`).hostname.slice(1, -1);
        const expected = Uint8Array.from(zeroed.flatMap((group) => [group >> 8, group & 0xff]));
        expect(readAddress(long)).toEqual(expected);
        expect(readAddress(short)).toEqual(expected);
        expect(specialUse(long)).toBe(specialUse(short));
      },
    ),
  );
});

test('beyond 2000::/3 an IPv6 address is public only where it stands for an IPv4 address that is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      fc.pre((bytes[0] ?? 0) >> 5 !== 1);
      const isPublic = specialUse(spelled(bytes)) === null;
      expect(isPublic).toBe(judgedAs(bytes).every((form) => form.length === 4 && useOf(form) === null));
    }),
  );
});

function spelled(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => Buffer.from(bytes).readUInt16BE(2 * index));
  return groups.map((group) => group.toString(16)).join(':');
}

test('loopback is 127.0.0.0/8 and ::1', () => {
  const some = [
    '127.0.0.1',
    '127.255.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
    '::',
    '0.0.0.0',
    '10.0.0.1',
    'localhost',
  ];
  expect(some.filter(isLoopback)).toEqual(['127.0.0.1', '127.255.0.1', '::1', '::ffff:127.0.0.1']);
});
