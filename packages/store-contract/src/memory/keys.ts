import type { KeyStore, StoredKey } from '@valetkey/server';
import { Table } from './table.ts';

export function memoryKeys(): KeyStore {
  const table = new Table<StoredKey>();
  const sameSlot = (a: StoredKey, b: StoredKey) =>
    a.purpose === b.purpose && a.algorithm === b.algorithm && a.slot === b.slot;
  return {
    async list() {
      return table.list((key) => `${key.purpose} ${key.algorithm} ${String(key.slot).padStart(16, '0')}`);
    },
    async add(key) {
      for (const stored of table.rows()) if (sameSlot(stored, key)) return 'exists';
      return table.add(key.id, key) ? 'added' : 'exists';
    },
    async revoke(id, now) {
      const key = table.find(id);
      if (!key) return 'unknown';
      if (key.revokedAt !== null) return 'already';
      table.change(id, { revokedAt: now });
      return 'revoked';
    },
    async remove(id) {
      return table.remove(id) ? 'removed' : 'unknown';
    },
  };
}
