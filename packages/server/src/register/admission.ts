import { hash } from 'node:crypto';
import type { Authority } from '../authority.ts';
import type { Taken } from '../ports.ts';
import { addressKey } from '../sign-in/address-key.ts';

/** Counts one registration of an address; whoever holds an IPv6 network holds 2^64 addresses, which count as one. */
export function countRegistration(authority: Authority, address: string): Promise<Taken> {
  const { limit, windowSeconds } = authority.config.registration.throttle;
  return authority.store.attempts.take({
    key: `register:${hash('sha256', addressKey(address), 'base64url')}`,
    limit,
    window: windowSeconds * 1000,
    now: authority.clock(),
  });
}
