import { hash } from 'node:crypto';
import type { Authority } from '../authority.ts';
import type { Taken } from '../ports.ts';

/** Counts one registration of an address; whoever holds an IPv6 network holds 2^64 addresses, which count as one. */
export function countRegistration(authority: Authority, address: string): Promise<Taken> {
  const { limit, windowSeconds } = authority.config.registration.throttle;
  return authority.store.attempts.take({
    key: `register:${hash('sha256', networkOf(address), 'base64url')}`,
    limit,
    window: windowSeconds * 1000,
    now: authority.clock(),
  });
}

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
