import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAuthority } from '@valetkey/server';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { addParties, configFor } from '../parties.ts';
import type { Program } from './server-process.ts';

/** `valetkey serve`, the program that people run, on SQLite in a folder with everyone in it. */
export async function prepareServe(folder: string): Promise<Program & { origin: string }> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const rootKey = randomBytes(32);
  const file = join(folder, 'valetkey.db');
  const store = await openSqliteStore({ file });
  const ports = { store, rootKey, clock: Date.now, random: randomBytes, emit: () => undefined };
  await addParties(createAuthority(configFor(origin), ports));
  await store.close();
  await writeFile(join(folder, 'root-key'), rootKey.toString('base64url'), { mode: 0o600 });
  const place = {
    listen: { host: '127.0.0.1', port },
    store: { sqlite: file },
    rootKey: { file: 'root-key' },
  };
  const config = join(folder, 'valetkey.config.json');
  await writeFile(config, JSON.stringify({ ...configFor(origin), ...place }));
  const module = new URL('../../apps/valetkey/bin/valetkey.js', import.meta.url);
  return { module, args: ['serve', '--config', config], origin };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
