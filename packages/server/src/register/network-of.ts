/** An IPv4 address as it is, of an IPv6 address the first 64 bits. */
export function networkOf(address: string): string {
  const plain = address.split('%')[0] ?? '';
  const host = plain.includes(':') ? URL.parse(`http://[${plain}]`)?.hostname : undefined;
  if (host === undefined) return address;
  const [head = '', tail] = host.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
