import { describeStore, type StorePlace } from '@valetkey/store-contract';
import { aDatabase } from './database.fixture.ts';
import { openPostgresStore } from './index.ts';

describeStore('the PostgreSQL store', () => aPlace(''));

/** As distributed databases do: transactions that meet are undone and tried again (40001). */
describeStore('the PostgreSQL store in serializable transactions', () =>
  aPlace('?options=-cdefault_transaction_isolation%3Dserializable'),
);

async function aPlace(options: string): Promise<StorePlace> {
  const url = (await aDatabase()) + options;
  return {
    open: () => openPostgresStore({ url, poolSize: 4 }),

    discard: async () => undefined,
  };
}
