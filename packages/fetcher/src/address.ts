import { isIP } from 'node:net';

/** An address as it is on the wire: 4 bytes, or 16. */
export type Address = Uint8Array;

/** All addresses that begin with the same bits. */
export interface Range {
  readonly start: Address;
  readonly bits: number;
}

/** Reads one address in any spelling that `net.isIP` knows. With a zone (`fe80::1%eth0`) or otherwise: `undefined`. */
export function readAddress(text: string): Address | undefined {
  const version = isIP(text);
  if (version === 4) return Uint8Array.from(text.split('.'), Number);
  if (version === 6 && !text.includes('%')) return readIPv6(text);
  return undefined;
}

/** Reads an address with the number of its leading bits (RFC 4632 §3.1), or a single address. */
export function readRange(text: string): Range | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const start = readAddress(address);
  if (start === undefined || more.length > 0) return undefined;
  if (bits === undefined) return { start, bits: start.length * 8 };
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > start.length * 8) return undefined;
  return { start, bits: Number(bits) };
}

/** IPv4 ranges hold IPv4 addresses only, IPv6 ranges IPv6 addresses only. */
export function inRange(address: Address, { start, bits }: Range): boolean {
  if (address.length !== start.length) return false;
  const whole = bits >> 3;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  const differing = (index: number) => (address[index] ?? 0) ^ (start[index] ?? 0);
  for (let index = 0; index < whole; index += 1) if (differing(index) !== 0) return false;
  return (differing(whole) & mask) === 0;
}

function readIPv6(text: string): Address {
  // The URL parser leaves one spelling: hexadecimal groups, at most one "::", no dotted tail.
  const [head = '', tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const all = [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
