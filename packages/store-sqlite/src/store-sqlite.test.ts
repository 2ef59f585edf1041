import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeStore } from '@valetkey/store-contract';
import { openSqliteStore } from './index.ts';

describeStore('the SQLite store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-sqlite-'));
  return {
    open: () => openSqliteStore({ file: join(folder, 'valetkey.db') }),

    discard: async () => rmSync(folder, { recursive: true }),
  };
});
