import type { Store } from '@valetkey/server';

/** One set of data, empty at first, and the way to it. */
export interface StorePlace {
  /** Opens a store over the data: again after a close, or beside others, as several nodes do. */
  open(): Promise<Store>;
  discard(): Promise<void>;
}
