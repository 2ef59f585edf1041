import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { testConfig } from './in-process.ts';
import { openPort } from './port.ts';
import type { RestartableTarget, TargetOptions } from './target.ts';
import { World } from './world.ts';

/** Node's HTTP server on a port of this machine, on a SQLite file. */
export async function nodeServer(options: TargetOptions = {}): Promise<RestartableTarget> {
  const world = new World(options);
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-'));
  const port = await openPort();
  const config = { ...testConfig(options.config), issuer: port.url };
  const start = async () => {
    const store = await openSqliteStore({ file: join(folder, 'valetkey.db') });
    const node = world.node(store, config, options.handler);
    port.answerWith(node.handler);
    return { ...node, store };
  };
  let node = await start();
  return world.target(() => node.authority, {
    fetch: (request) => fetch(request),
    restart: async () => {
      await node.store.close();
      node = await start();
    },
    stop: async () => {
      await port.close();
      await node.store.close();
      await rm(folder, { recursive: true });
    },
  });
}
