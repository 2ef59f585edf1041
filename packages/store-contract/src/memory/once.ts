import type { OnceStore } from '@valetkey/server';
import { Table } from './table.ts';

export function memoryOnce(): OnceStore & { sweep(now: number): number } {
  const table = new Table<{ readonly until: number }>();
  return {
    async use({ key, until, now }) {
      const current = table.find(key);
      if (current && current.until > now) return 'again';
      table.put(key, { until });
      return 'first';
    },
    sweep: (now) => table.sweep((entry) => entry.until <= now),
  };
}
