import type { Client } from '../model.ts';

/** Whether a registration has run out: the client is as good as gone, even before a sweep takes it. */
export function isExpired({ registration }: Client, now: number): boolean {
  return (registration?.expiresAt ?? Number.POSITIVE_INFINITY) <= now;
}
