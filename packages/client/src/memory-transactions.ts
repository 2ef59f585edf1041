import type { Transaction, TransactionStore } from './transaction.ts';

const MOST = 10_000;

/** Transactions in this process: the oldest give way when there are more than 10,000. */
export function memoryTransactions(): TransactionStore {
  const waiting = new Map<string, Transaction>();
  return {
    async put(key, transaction) {
      for (const [oldKey, old] of waiting) {
        if (old.expiresAt > transaction.startedAt && waiting.size < MOST) break;
        waiting.delete(oldKey);
      }
      waiting.set(key, transaction);
    },
    async take(key) {
      const transaction = waiting.get(key);
      waiting.delete(key);
      return transaction;
    },
  };
}
