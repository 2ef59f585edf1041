import { closeSync, existsSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '@valetkey/server';
import { aGrant, type FirstVersion, firstVersion, noon } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { aFolder } from './folder.fixture.ts';
import { openSqliteStore } from './index.ts';
import { migrate } from './migrate.ts';
import { migrations } from './schema.ts';

async function refusal(file: string): Promise<string> {
  const error = await openSqliteStore({ file }).then(
    () => expect.unreachable('it opened'),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(StoreUnavailable);
  return (error as Error).message;
}

test('the file and its log are for their owner only', async () => {
  const folder = aFolder();
  const store = await openSqliteStore({ file: folder.file });
  await store.grants.open(aGrant());
  for (const suffix of ['', '-wal', '-shm']) {
    expect(statSync(folder.file + suffix).mode & 0o777).toBe(0o600);
  }
  await store.close();
});

test('a folder that is not there is named', async () => {
  const folder = aFolder();
  const message = await refusal(`${folder.path}/nowhere/valetkey.db`);
  expect(message).toBe(
    `The folder ${folder.path}/nowhere of the database is not there. Make it, or choose another file.`,
  );
});

test('what cannot be written is named, with what to do', async () => {
  const folder = aFolder();
  expect(await refusal(folder.path)).toMatch(/cannot be opened for writing\. Let the user that runs/);
});

test('a file that is no database is left as it is', async () => {
  const folder = aFolder();
  const garbage = 'This is a letter to my aunt. '.repeat(200);
  writeFileSync(folder.file, garbage);
  expect(await refusal(folder.file)).toMatch(/is not a SQLite database\. Check the path/);
  expect(statSync(folder.file).size).toBe(garbage.length);
});

test('a damaged database is told as such', async () => {
  const folder = aFolder();
  const store = await openSqliteStore({ file: folder.file });
  await store.close();
  const handle = openSync(folder.file, 'r+');
  writeSync(handle, Buffer.alloc(900, 0xff), 0, 900, 100);
  closeSync(handle);
  expect(await refusal(folder.file)).toMatch(/is damaged\. Check the path; if it is right/);
});

test("another program's database is left as it is", async () => {
  const folder = aFolder();
  const stranger = new DatabaseSync(folder.file);
  stranger.exec('CREATE TABLE recipes (name TEXT)');
  expect(await refusal(folder.file)).toMatch(/belongs to another program/);
  expect(stranger.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
  stranger.close();
});

test('the database of a newer version is left as it is', async () => {
  const folder = aFolder();
  await (await openSqliteStore({ file: folder.file })).close();
  const newer = new DatabaseSync(folder.file);
  newer.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  newer.close();
  const knows = `has schema ${migrations.length + 1}, and this version of Valetkey knows ${migrations.length}`;
  expect(await refusal(folder.file)).toContain(knows);
});

/** Another connection, which writes as the first version did. */
function writeAsFirstVersion(connection: DatabaseSync, { rows }: FirstVersion): void {
  for (const { table, columns } of rows) {
    const names = Object.keys(columns);
    const places = names.map(() => '?').join(', ');
    connection
      .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`)
      .run(...Object.values(columns));
  }
}

test('a database of the first version keeps its rows, and whoever is still of that version can write', async () => {
  const folder = aFolder();
  const [before, after] = [firstVersion(), firstVersion()];
  const connection = new DatabaseSync(folder.file);
  migrate(connection, migrations.slice(0, 1));
  writeAsFirstVersion(connection, before);

  const store = await openSqliteStore({ file: folder.file });
  writeAsFirstVersion(connection, after);
  connection.close();
  for (const { records } of [before, after]) {
    const { client, user, session, consent, grant } = records;
    const query = { userId: user.id, clientId: client.id, sessionId: session.id };
    expect(await store.clients.find(client.id)).toStrictEqual(client);
    expect(await store.standing(query)).toStrictEqual({ user, session, consent });
    expect(await store.grants.find(grant.id)).toStrictEqual(grant);
    expect(await store.sessions.clientsOf(session.id)).toEqual([]);
  }
  expect(await store.sweep(noon)).toMatchObject({ clients: 0, grants: 0, sessions: 0 });
  const { user, client, session } = before.records;
  const registration = { accessTokenHash: 'hash', address: '192.0.2.7', expiresAt: noon };
  await store.users.setProfile({ id: user.id, name: user.name, profile: { locale: 'en' } });
  await store.sessions.enter({ sessionId: session.id, clientId: client.id, now: noon });
  expect(await store.clients.replace({ ...client, registration })).toBe('replaced');
  expect(await store.sweep(noon)).toMatchObject({ clients: 1 });
  expect(await store.users.find(user.id)).toStrictEqual({ ...user, profile: { locale: 'en' } });
  expect(await store.sessions.clientsOf(session.id)).toEqual([client.id]);
  await store.close();
});

test('a migration that fails leaves the version before it', () => {
  const connection = new DatabaseSync(':memory:');
  const broken = ['CREATE TABLE a (x)', 'CREATE TABLE b (x); CREATE TABLE a (x)'];
  expect(() => migrate(connection, broken)).toThrow(/already exists/);
  expect(connection.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  migrate(connection, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)', 'CREATE TABLE c (x)']);
  expect(connection.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 });
  expect(connection.prepare('SELECT name FROM sqlite_schema ORDER BY name').all()).toEqual([
    { name: 'a' },
    { name: 'b' },
    { name: 'c' },
  ]);
  connection.close();
});

test('a store that is closed is unavailable, and leaves no log behind', async () => {
  const folder = aFolder();
  const store = await openSqliteStore({ file: folder.file });
  await store.grants.open(aGrant());
  await store.close();
  await expect(store.grants.find('x')).rejects.toThrow(StoreUnavailable);
  await expect(store.grants.open(aGrant())).rejects.toThrow(/has been closed/);
  await expect(store.check()).rejects.toThrow(StoreUnavailable);
  expect(existsSync(`${folder.file}-wal`)).toBe(false);
});
