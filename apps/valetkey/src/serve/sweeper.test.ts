import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store, Swept } from '@valetkey/server';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { sweepAll } from './sweep-all.ts';

const noon = Date.UTC(2026, 10, 25, 12);

async function aStore(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-sweeper-'));
  const store = await openSqliteStore({ file: join(folder, 'valetkey.db') });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return store;
}

async function sweptOf(store: Store): Promise<Swept[]> {
  const reports: Swept[] = [];
  await sweepAll(store, noon, (swept) => reports.push(swept));
  return reports;
}

test('whatever has piled up is swept, in as many steps as it takes', async () => {
  const store = await aStore();
  const use = (key: string, until: number) => store.once.use({ key, until, now: noon - 1 });
  await Promise.all(Array.from({ length: 2500 }, (_, i) => use(`${i}`, noon)));
  await use('living', noon + 1);
  expect((await sweptOf(store)).map(({ once }) => once)).toEqual([1000, 1000, 500]);
  expect(await store.once.use({ key: 'living', until: noon, now: noon })).toBe('again');
});

test('where little is dead, one sweep will do', async () => {
  const store = await aStore();
  await store.once.use({ key: 'over', until: noon, now: noon - 1 });
  expect(await sweptOf(store)).toEqual([
    { grants: 0, sessions: 0, attempts: 0, once: 1, pushed: 0, clients: 0 },
  ]);
});
