import type { AttemptStore } from '@valetkey/server';
import { Table } from './table.ts';

interface Window {
  readonly count: number;
  readonly windowEndsAt: number;
}

export function memoryAttempts(): AttemptStore & { sweep(now: number): number } {
  const table = new Table<Window>();
  return {
    async take({ key, limit, window, now }) {
      const current = table.find(key);
      if (!current || current.windowEndsAt <= now) {
        table.remove(key);
        table.add(key, { count: 1, windowEndsAt: now + window });
        return { outcome: 'taken', left: limit - 1 };
      }
      if (current.count >= limit) return { outcome: 'refused', retryAt: current.windowEndsAt };
      table.change(key, { count: current.count + 1 });
      return { outcome: 'taken', left: limit - current.count - 1 };
    },
    async clear(key) {
      table.remove(key);
    },
    sweep: (now) => table.sweep(({ windowEndsAt }) => windowEndsAt <= now),
  };
}
