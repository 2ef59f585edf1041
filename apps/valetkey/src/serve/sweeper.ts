import { randomInt } from 'node:crypto';
import type { Store, Swept } from '@valetkey/server';
import { sweepAll } from './sweep-all.ts';

export interface SweeperReports {
  readonly swept: (swept: Swept) => void;
  readonly failed: (cause: unknown) => void;
}

const minute = 60_000;

/**
 * Deletes what is dead from time to time, and never keeps the process alive. Each node waits for a time of its own, so
 * that several do not sweep at once; if they do, it costs a statement and harms nothing.
 */
export function sweepRegularly(store: Store, reports: SweeperReports): void {
  const sweep = async () => {
    try {
      await sweepAll(store, Date.now(), reports.swept);
    } catch (cause) {
      reports.failed(cause);
    }
    later();
  };
  const later = () => setTimeout(() => void sweep(), randomInt(5 * minute, 15 * minute)).unref();
  later();
}
