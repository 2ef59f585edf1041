import { StoreUnavailable } from '@valetkey/server';
import { aGrant, type FirstVersion, firstVersion, noon } from '@valetkey/store-contract';
import pg from 'pg';
import { expect, test } from 'vitest';
import { aDatabase } from './database.fixture.ts';
import { openPostgresStore } from './index.ts';
import { migrate } from './migrate.ts';
import { migrations } from './schema.ts';

async function query(url: string, sql: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await client.query(sql, values);
  } finally {
    await client.end();
  }
}

async function refusal(url: string): Promise<string> {
  const error = await openPostgresStore({ url }).then(
    () => expect.unreachable('it opened'),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(StoreUnavailable);
  return (error as Error).message;
}

test('ten nodes that start at once migrate once', async () => {
  const url = await aDatabase();
  const stores = await Promise.all(Array.from({ length: 10 }, () => openPostgresStore({ url, poolSize: 1 })));
  const grant = aGrant();
  const answers = await Promise.all(stores.map((store) => store.grants.open(grant)));
  expect(answers.filter((answer) => answer === 'opened')).toHaveLength(1);
  await Promise.all(stores.map((store) => store.close()));
  const { rows } = await query(url, 'SELECT version FROM valetkey_schema ORDER BY version');
  expect(rows.map(({ version }) => Number(version))).toEqual(migrations.map((_, i) => i + 1));
});

/** Another connection, which writes as the first version did. */
async function writeAsFirstVersion(url: string, { rows }: FirstVersion): Promise<void> {
  for (const { table, columns } of rows) {
    const names = Object.keys(columns);
    const places = names.map((_, i) => `$${i + 1}`).join(', ');
    await query(url, `INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`, Object.values(columns));
  }
}

test('a database of the first version keeps its rows, and a node that is still of that version can write', async () => {
  const url = await aDatabase();
  const [before, after] = [firstVersion(), firstVersion()];
  await migrate({ url, connectTimeout: 5000 }, migrations.slice(0, 1));
  await writeAsFirstVersion(url, before);

  const store = await openPostgresStore({ url });
  await writeAsFirstVersion(url, after);
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

test('a migration that fails leaves the version before it, and can be tried again', async () => {
  const place = { url: await aDatabase(), connectTimeout: 5000 };
  const first = 'CREATE TABLE a (x bigint)';
  await expect(migrate(place, [first, 'CREATE TABLE b (x bigint); SELECT nonsense'])).rejects.toThrow(
    /nonsense/,
  );
  await migrate(place, [first, 'CREATE TABLE b (x bigint)', 'INSERT INTO b (x) VALUES (1)']);
  const { rows } = await query(
    place.url,
    'SELECT (SELECT max(version) FROM valetkey_schema) AS version, x FROM b',
  );
  expect(rows).toEqual([{ version: '3', x: '1' }]);
});

test('the database of a newer version is left as it is', async () => {
  const url = await aDatabase();
  await (await openPostgresStore({ url })).close();
  await query(url, `INSERT INTO valetkey_schema (version) VALUES (${migrations.length + 1})`);
  const knows = `has schema ${migrations.length + 1}, and this version of Valetkey knows ${migrations.length}`;
  expect(await refusal(url)).toContain(knows);
});

test("another program's tables are left as they are", async () => {
  const url = await aDatabase();
  await query(url, 'CREATE TABLE users (email text)');
  expect(await refusal(url)).toMatch(/holds tables of another program .*"users" already exists/);
  await query(url, 'CREATE SCHEMA valetkey');
  const own = `${url}?options=-csearch_path%3Dvaletkey`;
  const store = await openPostgresStore({ url: own });
  expect(await store.grants.open(aGrant())).toBe('opened');
  await store.close();
});

test('where nobody listens, the place is told and the password is not', async () => {
  const message = await refusal('postgres://valetkey:s3cret@127.0.0.1:1/valetkey');
  expect(message).toMatch(
    /does not answer: .*ECONNREFUSED.* \(at 127\.0\.0\.1:1\/valetkey\)\. Check that PostgreSQL/,
  );
  expect(message).not.toContain('s3cret');
});

test('a database that is not there is told as such', async () => {
  const url = (await aDatabase()).replace(/[^/]+$/, 'nowhere');
  expect(await refusal(url)).toMatch(
    /is not there: .*"nowhere" does not exist .*\. Make it \(CREATE DATABASE\)/,
  );
});

test('a role that is not there is told as such', async () => {
  const url = (await aDatabase()).replace('postgres@', 'stranger@');
  expect(await refusal(url)).toMatch(
    /does not let us in: .*"stranger" does not exist .*\. Check user and password/,
  );
});

test('a role that may not create anything opens a schema that is up to date', async () => {
  const url = await aDatabase();
  await (await openPostgresStore({ url, poolSize: 1 })).close();
  const role = `reader_${Date.now()}`;
  await query(url, `CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
  await query(url, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  await query(url, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
  const narrow = Object.assign(new URL(url), { username: role, password: 'x' }).href;
  const store = await openPostgresStore({ url: narrow, poolSize: 1 });
  await store.check();
  expect(await store.grants.open(aGrant())).toBe('opened');
  await store.close();
});
