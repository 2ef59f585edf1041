/**
 * What tries from an address are counted under: whoever has one IPv6 address has the other 2^64 of its network too, so
 * those count as one. Any other text stands for itself.
 */
export function addressKey(address: string): string {
  const groups = groupsOf(address);
  if (groups === undefined) return address;
  if (isMapped(groups)) return dotted(groups);
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros; `undefined` for anything else. A zone is left out. */
function groupsOf(address: string): readonly string[] | undefined {
  const [bare = ''] = address.split('%');
  // The URL parser knows every way to write one, and gives it back in one (WHATWG URL §3.5).
  const host = bare.includes(':') ? URL.parse(`http://[${bare}]/`)?.hostname : undefined;
  if (host === undefined) return undefined;
  const [left = '', right] = host.slice(1, -1).split('::');
  const before = left === '' ? [] : left.split(':');
  if (right === undefined) return before;
  const after = right === '' ? [] : right.split(':');
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

/** An IPv4 address in IPv6 clothes (RFC 4291 §2.5.5.2). */
function isMapped(groups: readonly string[]): boolean {
  return groups[5] === 'ffff' && groups.slice(0, 5).every((group) => group === '0');
}

function dotted(groups: readonly string[]): string {
  const numbers = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return numbers.flatMap((number) => [Math.floor(number / 256), number % 256]).join('.');
}
