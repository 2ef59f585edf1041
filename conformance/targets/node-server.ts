import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { type TargetOptions, testConfig } from './in-process.ts';
import { openPort } from './port.ts';
import type { Target } from './target.ts';
import { World } from './world.ts';

/** Node's HTTP server on a port of this machine, on a SQLite file. */
export async function nodeServer(options: TargetOptions = {}): Promise<Target> {
  const world = new World();
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-'));
  const store = await openSqliteStore({ file: join(folder, 'valetkey.db') });
  const port = await openPort();
  const config = { ...testConfig(options.config), issuer: port.url };
  const { authority, handler } = world.node(store, config, options.handler);
  port.answerWith(handler);
  return world.target(authority, {
    fetch: (request) => fetch(request),
    stop: async () => {
      await port.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  });
}
