import type { SessionStore } from '@valetkey/server';
import type { Database } from './database.ts';

export function sessionClientsIn(database: Database): Pick<SessionStore, 'enter' | 'clientsOf'> {
  return { enter: enter(database), clientsOf: clientsOf(database) };
}

/** Of a session that has been swept nothing is noted: nobody would sweep it. */
function enter(database: Database): SessionStore['enter'] {
  const insert = database.write(
    `INSERT INTO session_clients (session_id, client_id, entered_at)
     SELECT $1::text, $2::text, $3::bigint WHERE EXISTS (SELECT 1 FROM sessions WHERE id = $1::text)
     ON CONFLICT DO NOTHING`,
  );
  return async ({ sessionId, clientId, now }) => {
    await insert.run(sessionId, clientId, now);
  };
}

function clientsOf(database: Database): SessionStore['clientsOf'] {
  const select = database.read<{ client_id: string }>(
    'SELECT client_id FROM session_clients WHERE session_id = $1 ORDER BY client_id',
  );
  return async (sessionId) => (await select.all(sessionId)).map((row) => row.client_id);
}
