import type { Client, ClientStore } from '@valetkey/server';
import { Table } from './table.ts';

export function memoryClients(): ClientStore & { sweep(now: number): number } {
  const table = new Table<Client>();
  return {
    async find(id) {
      return table.find(id);
    },
    async list() {
      return table.list((client) => client.id);
    },
    async add(client) {
      return table.add(client.id, client) ? 'added' : 'exists';
    },
    async replace(client) {
      const stored = table.find(client.id);
      if (!stored) return 'unknown';
      if (stored.version !== client.version) return 'conflict';
      table.put(client.id, { ...client, version: client.version + 1 });
      return 'replaced';
    },
    async remove(id) {
      return table.remove(id) ? 'removed' : 'unknown';
    },
    sweep: (now) =>
      table.sweep(({ registration }) => (registration?.expiresAt ?? Number.POSITIVE_INFINITY) <= now),
  };
}
