import type { Consent, ConsentStore } from '@valetkey/server';
import { Table } from './table.ts';

export function memoryConsents(): ConsentStore {
  const table = new Table<Consent>();
  const key = (userId: string, clientId: string) => JSON.stringify([userId, clientId]);
  return {
    async find(userId, clientId) {
      return table.find(key(userId, clientId));
    },
    async listOf(userId) {
      return table
        .list((consent) => consent.clientId)
        .filter((consent) => consent.userId === userId && consent.withdrawnAt === null)
        .sort((a, b) => b.decidedAt - a.decidedAt);
    },
    async record(consent) {
      const at = key(consent.userId, consent.clientId);
      const recorded = { ...consent, version: consent.version + 1 };
      if (consent.version === 0) return table.add(at, recorded) ? 'recorded' : 'conflict';
      if (table.find(at)?.version !== consent.version) return 'conflict';
      table.put(at, recorded);
      return 'recorded';
    },
    async withdraw(userId, clientId, now) {
      const at = key(userId, clientId);
      const consent = table.find(at);
      if (!consent) return 'unknown';
      if (consent.withdrawnAt !== null) return 'already';
      const { facts, ...rest } = consent;
      table.put(at, {
        ...rest,
        scopes: [],
        resources: [],
        withdrawnAt: now,
        epoch: rest.epoch + 1,
        version: rest.version + 1,
      });
      return 'withdrawn';
    },
    async use(userId, clientId, now) {
      table.change(key(userId, clientId), { lastUsedAt: now });
    },
  };
}
