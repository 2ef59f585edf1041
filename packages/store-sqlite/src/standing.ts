import type { Standing, Store } from '@valetkey/server';
import { type ConsentRow, consentOf } from './consents.ts';
import type { Database } from './database.ts';
import { type SessionRow, sessionOf } from './sessions.ts';
import { type UserRow, userOf } from './users.ts';

/** Three rows by their keys, beside one another; what is not there leaves nulls. What two of them have has its own name. */
interface StandingRow
  extends Omit<UserRow, 'id' | 'session_epoch'>,
    Omit<SessionRow, 'id' | 'user_id'>,
    Omit<ConsentRow, 'user_id'> {
  readonly user_id: string | null;
  readonly user_session_epoch: number;
  readonly session_id: string | null;
  readonly session_user_id: string;
  readonly consent_user_id: string | null;
}

/** One statement, so that the three are of one moment. */
export function standingIn(database: Database): Store['standing'] {
  const select = database.read<StandingRow>(
    `SELECT
       u.id AS user_id, u.username, u.name, u.password_hash, u.created_at, u.disabled_at, u.grant_epoch,
       u.session_epoch AS user_session_epoch, u.profile,
       s.id AS session_id, s.secret_hash, s.user_id AS session_user_id, s.session_epoch, s.authenticated_at,
       s.amr, s.opened_at, s.ends_at, s.ended_at, s.user_agent, s.address,
       c.user_id AS consent_user_id, c.client_id, c.scopes, c.resources, c.first_granted_at, c.decided_at,
       c.last_used_at, c.withdrawn_at, c.epoch, c.version, c.facts
     FROM (SELECT 1)
     LEFT JOIN users u ON u.id = ?1
     LEFT JOIN sessions s ON s.id = ?2
     LEFT JOIN consents c ON c.user_id = ?1 AND c.client_id = ?3`,
  );
  return async ({ userId, clientId, sessionId }) => {
    const row = select.get(userId, sessionId, clientId);
    return row ? standingOf(row) : { user: null, session: null, consent: null };
  };
}

function standingOf(row: StandingRow): Standing {
  const { user_id: userId, session_id: sessionId, consent_user_id: consentUserId } = row;
  return {
    user: userId === null ? null : userOf(row, { id: userId, session_epoch: row.user_session_epoch }),
    session: sessionId === null ? null : sessionOf(row, { id: sessionId, user_id: row.session_user_id }),
    consent: consentUserId === null ? null : consentOf(row, { user_id: consentUserId }),
  };
}
