import type { Consent, ConsentStore } from '@valetkey/server';
import type { Database } from './database.ts';

export interface ConsentRow {
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
  readonly facts: string | null;
}

const columns = `user_id, client_id, scopes, resources, first_granted_at, decided_at, last_used_at, withdrawn_at,
  epoch, version, facts`;

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
    return row ? consentOf(row, row) : null;
  };
}

function listOf(database: Database): ConsentStore['listOf'] {
  const select = database.read<ConsentRow>(
    `SELECT ${columns} FROM consents WHERE user_id = ? AND withdrawn_at IS NULL
     ORDER BY decided_at DESC, client_id`,
  );
  return async (userId) => select.all(userId).map((row) => consentOf(row, row));
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
    `INSERT INTO consents (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING`,
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
      factsOf(consent),
    );
}

function updateVersion(database: Database): (consent: Consent) => number {
  const update = database.write(
    `UPDATE consents SET scopes = ?, resources = ?, first_granted_at = ?, decided_at = ?, last_used_at = ?,
       withdrawn_at = ?, epoch = ?, facts = ?, version = version + 1
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
      factsOf(consent),
      consent.userId,
      consent.clientId,
      consent.version,
    );
}

/** A withdrawal beside a decision: it takes whatever version is there, and raises it, so that the decision conflicts. */
function withdraw(database: Database): ConsentStore['withdraw'] {
  const update = database.write(
    `UPDATE consents SET scopes = '[]', resources = '[]', facts = NULL, withdrawn_at = ?, epoch = epoch + 1,
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

function factsOf({ facts }: Consent): string | null {
  return facts ? JSON.stringify(facts) : null;
}

/** `own` has the columns that have other names where rows of several tables lie beside one another. */
export function consentOf(row: Omit<ConsentRow, 'user_id'>, own: Pick<ConsentRow, 'user_id'>): Consent {
  return {
    userId: own.user_id,
    clientId: row.client_id,
    scopes: JSON.parse(row.scopes),
    resources: JSON.parse(row.resources),
    firstGrantedAt: row.first_granted_at,
    decidedAt: row.decided_at,
    lastUsedAt: row.last_used_at,
    withdrawnAt: row.withdrawn_at,
    epoch: row.epoch,
    version: row.version,
    ...(row.facts !== null && { facts: JSON.parse(row.facts) }),
  };
}
