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
    `SELECT ${columns} FROM consents WHERE user_id = $1 AND client_id = $2`,
  );
  return async (userId, clientId) => {
    const row = await select.get(userId, clientId);
    return row ? consentOf(row, row) : null;
  };
}

function listOf(database: Database): ConsentStore['listOf'] {
  const select = database.read<ConsentRow>(
    `SELECT ${columns} FROM consents WHERE user_id = $1 AND withdrawn_at IS NULL
     ORDER BY decided_at DESC, client_id`,
  );
  return async (userId) => (await select.all(userId)).map((row) => consentOf(row, row));
}

/** Two tabs that decide on what both have read: the row has that version, or is absent, for the first of them only. */
function record(database: Database): ConsentStore['record'] {
  const insert = insertFirst(database);
  const update = updateVersion(database);
  return async (consent) => {
    const recorded = await (consent.version === 0 ? insert(consent) : update(consent));
    return recorded ? 'recorded' : 'conflict';
  };
}

function insertFirst(database: Database): (consent: Consent) => Promise<number> {
  const insert = database.write(
    `INSERT INTO consents (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10) ON CONFLICT DO NOTHING`,
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

function updateVersion(database: Database): (consent: Consent) => Promise<number> {
  const update = database.write(
    `UPDATE consents SET scopes = $1, resources = $2, first_granted_at = $3, decided_at = $4, last_used_at = $5,
       withdrawn_at = $6, epoch = $7, facts = $8, version = version + 1
     WHERE user_id = $9 AND client_id = $10 AND version = $11`,
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
    `UPDATE consents SET scopes = '[]', resources = '[]', facts = NULL, withdrawn_at = $1, epoch = epoch + 1,
       version = version + 1
     WHERE user_id = $2 AND client_id = $3 AND withdrawn_at IS NULL`,
  );
  const select = database.read<{ withdrawn_at: number | null }>(
    'SELECT withdrawn_at FROM consents WHERE user_id = $1 AND client_id = $2',
  );
  return async (userId, clientId, now) => {
    for (;;) {
      if (await update.run(now, userId, clientId)) return 'withdrawn';
      const row = await select.get(userId, clientId);
      if (!row) return 'unknown';
      if (row.withdrawn_at !== null) return 'already';
      // It was recorded between the two statements: again.
    }
  };
}

function use(database: Database): ConsentStore['use'] {
  const update = database.write(
    'UPDATE consents SET last_used_at = $1 WHERE user_id = $2 AND client_id = $3',
  );
  return async (userId, clientId, now) => {
    await update.run(now, userId, clientId);
  };
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
