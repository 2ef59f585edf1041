import type { SessionStore } from '@valetkey/server';
import type { Database } from './database.ts';

export function sessionClientsIn(database: Database): Pick<SessionStore, 'enter' | 'clientsOf'> {
  return { enter: enter(database), clientsOf: clientsOf(database) };
}

/** Of a session that has been swept nothing is noted: nobody would sweep it. */
function enter(database: Database): SessionStore['enter'] {
  const insert = database.write(
    `INSERT INTO session_clients (session_id, client_id, entered_at)
     SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM sessions WHERE id = ?1)
     ON CONFLICT DO NOTHING`,
  );
  return ({ sessionId, clientId, now }) =>
    database.commit(() => {
      insert.run(sessionId, clientId, now);
    });
}

function clientsOf(database: Database): SessionStore['clientsOf'] {
  const select = database.read<{ client_id: string }>(
    'SELECT client_id FROM session_clients WHERE session_id = ? ORDER BY client_id',
  );
  return async (sessionId) => select.all(sessionId).map((row) => row.client_id);
}
