import type { Consent, ConsentStore } from '@valetkey/server';
import type { Database } from './database.ts';

interface ConsentRow {
  readonly user_id: string;
  readonly client_id: string;
  readonly scopes: string;
  readonly resources: string;
  readonly first_granted_at: number;
  readonly decided_at: number;
  readonly last_used_at: number | null;
  readonly withdrawn_at: number | null;
  readonly epoch: number;
  readonly version: number;
}

const columns = `user_id, client_id, scopes, resources, first_granted_at, decided_at, last_used_at, withdrawn_at,
  epoch, version`;

export function consentsIn(database: Database): ConsentStore {
  return {
    find: find(database),
    listOf: listOf(database),
    record: record(database),
    withdraw: withdraw(database),
    use: use(database),
  };
}

function find(database: Database): ConsentStore['find'] {
  const select = database.read<ConsentRow>(
    `SELECT ${columns} FROM consents WHERE user_id = ? AND client_id = ?`,
  );
  return async (userId, clientId) => {
    const row = select.get(userId, clientId);
    return row ? consentOf(row) : null;
  };
}

function listOf(database: Database): ConsentStore['listOf'] {
  const select = database.read<ConsentRow>(
    `SELECT ${columns} FROM consents WHERE user_id = ? AND withdrawn_at IS NULL
     ORDER BY decided_at DESC, client_id`,
  );
  return async (userId) => select.all(userId).map(consentOf);
}

/** Two tabs that decide on what both have read: the row has that version, or is absent, for the first of them only. */
function record(database: Database): ConsentStore['record'] {
  const insert = insertFirst(database);
  const update = updateVersion(database);
  return (consent) =>
    database.commit(() => {
      const recorded = consent.version === 0 ? insert(consent) : update(consent);
      return recorded ? 'recorded' : 'conflict';
    });
}

function insertFirst(database: Database): (consent: Consent) => number {
  const insert = database.write(
    `INSERT INTO consents (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`,
  );
  return (consent) =>
    insert.run(
      consent.userId,
      consent.clientId,
      JSON.stringify(consent.scopes),
      JSON.stringify(consent.resources),
      consent.firstGrantedAt,
      consent.decidedAt,
      consent.lastUsedAt,
      consent.withdrawnAt,
      consent.epoch,
    );
}

function updateVersion(database: Database): (consent: Consent) => number {
  const update = database.write(
    `UPDATE consents SET scopes = ?, resources = ?, first_granted_at = ?, decided_at = ?, last_used_at = ?,
       withdrawn_at = ?, epoch = ?, version = version + 1
     WHERE user_id = ? AND client_id = ? AND version = ?`,
  );
  return (consent) =>
    update.run(
      JSON.stringify(consent.scopes),
      JSON.stringify(consent.resources),
      consent.firstGrantedAt,
      consent.decidedAt,
      consent.lastUsedAt,
      consent.withdrawnAt,
      consent.epoch,
      consent.userId,
      consent.clientId,
      consent.version,
    );
}

/** A withdrawal beside a decision: it takes whatever version is there, and raises it, so that the decision conflicts. */
function withdraw(database: Database): ConsentStore['withdraw'] {
  const update = database.write(
    `UPDATE consents SET scopes = '[]', resources = '[]', withdrawn_at = ?, epoch = epoch + 1,
       version = version + 1
     WHERE user_id = ? AND client_id = ? AND withdrawn_at IS NULL`,
  );
  const select = database.read('SELECT 1 FROM consents WHERE user_id = ? AND client_id = ?');
  return (userId, clientId, now) =>
    database.commit(() => {
      if (update.run(now, userId, clientId)) return 'withdrawn';
      return select.get(userId, clientId) ? 'already' : 'unknown';
    });
}

function use(database: Database): ConsentStore['use'] {
  const update = database.write('UPDATE consents SET last_used_at = ? WHERE user_id = ? AND client_id = ?');
  return (userId, clientId, now) =>
    database.commit(() => {
      update.run(now, userId, clientId);
    });
}

function consentOf(row: ConsentRow): Consent {
  return {
    userId: row.user_id,
    clientId: row.client_id,
    scopes: JSON.parse(row.scopes),
    resources: JSON.parse(row.resources),
    firstGrantedAt: row.first_granted_at,
    decidedAt: row.decided_at,
    lastUsedAt: row.last_used_at,
    withdrawnAt: row.withdrawn_at,
    epoch: row.epoch,
    version: row.version,
  };
}
