import { type Address, inRange, type Range, readAddress, readRange } from './address.ts';

/**
 * What a special address is for, or `null` for one that is reachable from everywhere (RFC 6890, and the IANA registries of
 * special-purpose addresses that it founded). An IPv6 address that stands for an IPv4 address is judged as that one.
 */
export function specialUse(text: string): string | null {
  const address = readAddress(text);
  if (address === undefined) return 'no address that can be judged';
  return (
    judgedAs(address)
      .map(useOf)
      .find((use) => use !== null) ?? null
  );
}

/** What reaches this machine alone: 127.0.0.0/8, also IPv4-mapped, and ::1. */
export function isLoopback(text: string): boolean {
  const address = readAddress(text);
  return address !== undefined && loopback.some((range) => inRange(address, range));
}

/** The IPv4 addresses that an IPv6 address stands for; otherwise the address itself. */
export function judgedAs(address: Address): readonly Address[] {
  if (address.length === 4 || inRange(address, range('::/127'))) return [address];
  const embedding = embeddings.find(({ range }) => inRange(address, range));
  return embedding?.embedded(address) ?? [address];
}

/** What `judgedAs` gave: what it is for, or `null`. */
export function useOf(address: Address): string | null {
  if (address.length === 16 && !inRange(address, globalUnicast)) return unicastUse(address);
  return special.find(({ range }) => inRange(address, range))?.use ?? null;
}

function unicastUse(address: Address): string {
  return beyondUnicast.find(({ range }) => inRange(address, range))?.use ?? 'not assigned to anybody';
}

const last = (address: Address) => address.subarray(12);

const embeddings: readonly { range: Range; embedded: (address: Address) => readonly Address[] }[] = [
  // IPv4-compatible (RFC 4291 §2.5.5.1), IPv4-mapped (§2.5.5.2), IPv4-translated (RFC 2765 §2.1), NAT64 (RFC 6052 §2.1)
  ...['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96'].map((text) => ({
    range: range(text),
    embedded: (address: Address) => [last(address)],
  })),
  // 6to4 (RFC 3056 §2)
  { range: range('2002::/16'), embedded: (address) => [address.subarray(2, 6)] },
  // Teredo (RFC 4380 §4): the server, and the client with its bits turned round
  {
    range: range('2001::/32'),
    embedded: (address) => [address.subarray(4, 8), last(address).map((byte) => byte ^ 0xff)],
  },
];

const loopback = ['127.0.0.0/8', '::ffff:127.0.0.0/104', '::1'].map(range);

/** Everything that IANA hands out. What lies beyond is refused, named or not. */
const globalUnicast = range('2000::/3');

const beyondUnicast = [
  row('::1/128', 'loopback'),
  row('::/128', 'unspecified'),
  row('fc00::/7', 'unique-local'),
  row('fe80::/10', 'link-local'),
  row('fec0::/10', 'site-local'),
  row('ff00::/8', 'multicast'),
  row('64:ff9b:1::/48', 'for local translation'),
  row('100::/64', 'discarded'),
  row('5f00::/16', 'for segment routing'),
];

const special = [
  row('0.0.0.0/8', 'this network'),
  row('10.0.0.0/8', 'private'),
  row('100.64.0.0/10', 'shared by a carrier'),
  row('127.0.0.0/8', 'loopback'),
  row('169.254.0.0/16', 'link-local'),
  row('172.16.0.0/12', 'private'),
  row('192.0.0.0/24', 'for protocols'),
  row('192.0.2.0/24', 'for documentation'),
  row('192.88.99.0/24', 'for 6to4 relays'),
  row('192.168.0.0/16', 'private'),
  row('198.18.0.0/15', 'for benchmarks'),
  row('198.51.100.0/24', 'for documentation'),
  row('203.0.113.0/24', 'for documentation'),
  row('224.0.0.0/4', 'multicast'),
  row('255.255.255.255/32', 'broadcast'),
  row('240.0.0.0/4', 'reserved'),
  row('2001::/23', 'for protocols'),
  row('2001:db8::/32', 'for documentation'),
  row('3fff::/20', 'for documentation'),
];

function row(text: string, use: string): { readonly range: Range; readonly use: string } {
  return { range: range(text), use };
}

function range(text: string): Range {
  const read = readRange(text);
  if (read === undefined) throw new RangeError(`${text} is no range`);
  return read;
}
