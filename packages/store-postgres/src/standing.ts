import type { Consent, Session, Standing, Store, User } from '@valetkey/server';
import type { Database } from './database.ts';

/** Three rows by their keys, beside one another; what is not there leaves nulls. */
interface StandingRow {
  readonly user_id: string | null;
  readonly username: string;
  readonly name: string;
  readonly password_hash: string | null;
  readonly created_at: number;
  readonly disabled_at: number | null;
  readonly grant_epoch: number;
  readonly user_session_epoch: number;
  readonly session_id: string | null;
  readonly secret_hash: string;
  readonly session_user_id: string;
  readonly session_epoch: number;
  readonly authenticated_at: number;
  readonly amr: string;
  readonly opened_at: number;
  readonly ends_at: number;
  readonly ended_at: number | null;
  readonly user_agent: string;
  readonly address: string;
  readonly consent_user_id: string | null;
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

/** One statement, so that the three are of one moment. */
export function standingIn(database: Database): Store['standing'] {
  const select = database.read<StandingRow>(
    `SELECT
       u.id AS user_id, u.username, u.name, u.password_hash, u.created_at, u.disabled_at, u.grant_epoch,
       u.session_epoch AS user_session_epoch,
       s.id AS session_id, s.secret_hash, s.user_id AS session_user_id, s.session_epoch, s.authenticated_at,
       s.amr, s.opened_at, s.ends_at, s.ended_at, s.user_agent, s.address,
       c.user_id AS consent_user_id, c.client_id, c.scopes, c.resources, c.first_granted_at, c.decided_at,
       c.last_used_at, c.withdrawn_at, c.epoch, c.version
     FROM (SELECT 1 AS one) AS here
     LEFT JOIN users u ON u.id = $1
     LEFT JOIN sessions s ON s.id = $2
     LEFT JOIN consents c ON c.user_id = $1 AND c.client_id = $3`,
  );
  return async ({ userId, clientId, sessionId }) => {
    const row = await select.get(userId, sessionId, clientId);
    return row ? standingOf(row) : { user: null, session: null, consent: null };
  };
}

function standingOf(row: StandingRow): Standing {
  return {
    user: row.user_id === null ? null : userOf(row, row.user_id),
    session: row.session_id === null ? null : sessionOf(row, row.session_id),
    consent: row.consent_user_id === null ? null : consentOf(row, row.consent_user_id),
  };
}

function userOf(row: StandingRow, id: string): User {
  return {
    id,
    username: row.username,
    name: row.name,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
    grantEpoch: row.grant_epoch,
    sessionEpoch: row.user_session_epoch,
  };
}

function sessionOf(row: StandingRow, id: string): Session {
  return {
    id,
    secretHash: row.secret_hash,
    userId: row.session_user_id,
    sessionEpoch: row.session_epoch,
    authenticatedAt: row.authenticated_at,
    amr: JSON.parse(row.amr),
    openedAt: row.opened_at,
    endsAt: row.ends_at,
    endedAt: row.ended_at,
    userAgent: row.user_agent,
    address: row.address,
  };
}

function consentOf(row: StandingRow, userId: string): Consent {
  return {
    userId,
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
