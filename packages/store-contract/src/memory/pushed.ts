import type { PushedRequest, PushedRequestStore } from '@valetkey/server';
import { Table } from './table.ts';

export function memoryPushed(): PushedRequestStore & { sweep(now: number): number } {
  const table = new Table<PushedRequest>();
  return {
    async push(request) {
      return table.add(request.id, request) ? 'pushed' : 'exists';
    },
    async find(id, now) {
      const request = table.find(id);
      return request && request.completedAt === null && request.expiresAt > now ? request : null;
    },
    async complete(id, now) {
      const request = table.find(id);
      if (!request || request.expiresAt <= now) return 'unknown';
      if (request.completedAt !== null) return 'already';
      table.change(id, { completedAt: now });
      return 'completed';
    },
    sweep: (now) => table.sweep((request) => request.expiresAt <= now),
  };
}
