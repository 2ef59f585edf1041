import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { describeLives } from './describe-lives.ts';

describeLives('two processes on one SQLite file, closed and opened again in between', {
  makePlace: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'valetkey-simulation-'));
    return {
      open: () => openSqliteStore({ file: join(folder, 'valetkey.db') }),
      discard: async () => rmSync(folder, { recursive: true }),
    };
  },
  durable: true,
  runs: 10,
});
