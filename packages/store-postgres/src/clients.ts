import type { Client, ClientStore } from '@valetkey/server';
import type { Database } from './database.ts';

interface ClientRow {
  readonly id: string;
  readonly grant_epoch: number;
  readonly disabled_at: number | null;
  readonly version: number;
  readonly document: string;
}

const columns = 'id, grant_epoch, disabled_at, version, document';

export function clientsIn(database: Database): ClientStore {
  return {
    find: find(database),
    list: list(database),
    add: add(database),
    replace: replace(database),
    remove: remove(database),
  };
}

function find(database: Database): ClientStore['find'] {
  const select = database.read<ClientRow>(`SELECT ${columns} FROM clients WHERE id = $1`);
  return async (id) => {
    const row = await select.get(id);
    return row ? clientOf(row) : null;
  };
}

function list(database: Database): ClientStore['list'] {
  const select = database.read<ClientRow>(`SELECT ${columns} FROM clients ORDER BY id`);
  return async () => (await select.all()).map(clientOf);
}

function add(database: Database): ClientStore['add'] {
  const insert = database.write(
    `INSERT INTO clients (${columns}, expires_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
  );
  return async (client) => {
    const { id, grantEpoch, disabledAt, version, ...document } = client;
    const added = await insert.run(
      id,
      grantEpoch,
      disabledAt,
      version,
      JSON.stringify(document),
      expiryOf(client),
    );
    return added ? 'added' : 'exists';
  };
}

/** Two administrators who save the same client: the version that both have read is there for the first of them only. */
function replace(database: Database): ClientStore['replace'] {
  const update = database.write(
    `UPDATE clients SET grant_epoch = $1, disabled_at = $2, version = version + 1, document = $3,
       expires_at = $4
     WHERE id = $5 AND version = $6`,
  );
  const select = database.read('SELECT 1 FROM clients WHERE id = $1');
  return async (client) => {
    const { id, grantEpoch, disabledAt, version, ...document } = client;
    const text = JSON.stringify(document);
    if (await update.run(grantEpoch, disabledAt, text, expiryOf(client), id, version)) return 'replaced';
    return (await select.get(id)) ? 'conflict' : 'unknown';
  };
}

function remove(database: Database): ClientStore['remove'] {
  const remove = database.write('DELETE FROM clients WHERE id = $1');
  return async (id) => ((await remove.run(id)) ? 'removed' : 'unknown');
}

/** For the sweep; it is in the document too. */
function expiryOf({ registration }: Client): number | null {
  return registration?.expiresAt ?? null;
}

function clientOf(row: ClientRow): Client {
  return {
    ...(JSON.parse(row.document) as Client),
    id: row.id,
    grantEpoch: row.grant_epoch,
    disabledAt: row.disabled_at,
    version: row.version,
  };
}
