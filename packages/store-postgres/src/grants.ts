import type { Grant, GrantStore, RevocationReason, Used } from '@valetkey/server';
import type { Database } from './database.ts';

interface GrantRow {
  readonly id: string;
  readonly generation: number;
  readonly advanced_at: number;
  readonly last_used_at: number;
  readonly expires_at: number;
  readonly ends_at: number;
  readonly access_epoch: number;
  readonly revoked_at: number | null;
  readonly revoked_why: RevocationReason | null;
  readonly sweep_at: number;
  readonly facts: string;
}

const columns = `id, generation, advanced_at, last_used_at, expires_at, ends_at, access_epoch, revoked_at,
  revoked_why, sweep_at, facts`;

export function grantsIn(database: Database): GrantStore {
  return {
    find: find(database),
    open: open(database),
    advance: advance(database),
    use: use(database),
    revoke: revoke(database),
    revokeAccess: revokeAccess(database),
  };
}

function find(database: Database): GrantStore['find'] {
  const select = selectGrant(database);
  return async (id) => {
    const row = await select.get(id);
    return row ? grantOf(row) : null;
  };
}

/** A code redeemed twice, at once or years apart: the primary key lets one of them in. */
function open(database: Database): GrantStore['open'] {
  const insert = database.write(
    `INSERT INTO grants (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
  );
  return async (grant) => {
    const opened = await insert.run(
      grant.id,
      grant.generation,
      grant.advancedAt,
      grant.lastUsedAt,
      grant.expiresAt,
      grant.endsAt,
      grant.accessEpoch,
      grant.revokedAt,
      grant.revokedWhy,
      grant.sweepAt,
      factsOf(grant),
    );
    return opened ? 'opened' : 'replayed';
  };
}

/**
 * Of all that present one generation, the update changes the row for the first: after it the condition is false. A
 * revocation makes it false for everybody: a transaction that waits for the row judges it anew when it gets it. Whoever
 * changes nothing reads the row, to say why.
 */
function advance(database: Database): GrantStore['advance'] {
  const update = database.write<GrantRow>(
    `UPDATE grants SET generation = generation + 1, advanced_at = $1, last_used_at = $1,
       expires_at = LEAST(ends_at, $1::bigint + $2::bigint)
     WHERE id = $3 AND generation = $4 AND revoked_at IS NULL AND expires_at > $1
     RETURNING ${columns}`,
  );
  const select = selectGrant(database);
  return async ({ id, generation, now, idle }) => {
    for (;;) {
      const advanced = await update.get(now, idle, id, generation);
      if (advanced) return { outcome: 'advanced', grant: grantOf(advanced) };
      const row = await select.get(id);
      if (!row) return { outcome: 'unknown' };
      const life = lifeOf(row, now);
      if (life !== 'alive') return { outcome: life, grant: grantOf(row) };
      if (row.generation !== generation) return { outcome: 'stale', grant: grantOf(row) };
      // It came to this generation between the two statements: again.
    }
  };
}

/** A use is coarse: it is written when the last one is old, under the same condition of life as an advance. */
function use(database: Database): GrantStore['use'] {
  const select = selectGrant(database);
  const update = database.write<GrantRow>(
    `UPDATE grants SET last_used_at = $1, expires_at = LEAST(ends_at, $1::bigint + $2::bigint)
     WHERE id = $3 AND revoked_at IS NULL AND expires_at > $1
     RETURNING ${columns}`,
  );
  const told = (row: GrantRow | undefined, now: number): Used =>
    row ? { outcome: lifeOf(row, now), grant: grantOf(row) } : { outcome: 'unknown' };
  return async ({ id, now, idle, staleAfter }) => {
    const row = await select.get(id);
    if (!row || lifeOf(row, now) !== 'alive' || now - row.last_used_at <= staleAfter) return told(row, now);
    return told((await update.get(now, idle, id)) ?? (await select.get(id)), now);
  };
}

/** Of several that revoke, the first one's reason and times stay. */
function revoke(database: Database): GrantStore['revoke'] {
  const update = database.write(
    'UPDATE grants SET revoked_at = $1, revoked_why = $2, sweep_at = $3 WHERE id = $4 AND revoked_at IS NULL',
  );
  const select = selectGrant(database);
  return async ({ id, why, now, sweepAt }) => {
    for (;;) {
      if (await update.run(now, why, sweepAt, id)) return 'revoked';
      const row = await select.get(id);
      if (!row) return 'unknown';
      if (row.revoked_at !== null) return 'already';
      // It was opened between the two statements: again.
    }
  };
}

function revokeAccess(database: Database): GrantStore['revokeAccess'] {
  const update = database.write('UPDATE grants SET access_epoch = access_epoch + 1 WHERE id = $1');
  return async (id) => ((await update.run(id)) ? 'revoked' : 'unknown');
}

function selectGrant(database: Database) {
  return database.read<GrantRow>(`SELECT ${columns} FROM grants WHERE id = $1`);
}

function lifeOf(row: GrantRow, now: number): 'alive' | 'revoked' | 'expired' {
  if (row.revoked_at !== null) return 'revoked';
  return row.expires_at > now ? 'alive' : 'expired';
}

/** What never changes after the grant was opened: all that has no column. */
function factsOf(grant: Grant): string {
  const { id, generation, advancedAt, lastUsedAt, expiresAt, endsAt, ...rest } = grant;
  const { accessEpoch, revokedAt, revokedWhy, sweepAt, ...facts } = rest;
  return JSON.stringify(facts);
}

function grantOf(row: GrantRow): Grant {
  return {
    ...(JSON.parse(row.facts) as Grant),
    id: row.id,
    generation: row.generation,
    advancedAt: row.advanced_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    endsAt: row.ends_at,
    accessEpoch: row.access_epoch,
    revokedAt: row.revoked_at,
    revokedWhy: row.revoked_why,
    sweepAt: row.sweep_at,
  };
}
