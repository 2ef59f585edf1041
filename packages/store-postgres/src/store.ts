import type { Store } from '@valetkey/server';
import { attemptsIn } from './attempts.ts';
import { clientsIn } from './clients.ts';
import { consentsIn } from './consents.ts';
import type { Database } from './database.ts';
import { grantsIn } from './grants.ts';
import { keysIn } from './keys.ts';
import { onceIn } from './once.ts';
import { pushedIn } from './pushed.ts';
import { sessionsIn } from './sessions.ts';
import { standingIn } from './standing.ts';
import { sweepIn } from './sweep.ts';
import { usersIn } from './users.ts';

export function storeIn(database: Database): Store {
  return {
    clients: clientsIn(database),
    users: usersIn(database),
    sessions: sessionsIn(database),
    consents: consentsIn(database),
    grants: grantsIn(database),
    keys: keysIn(database),
    attempts: attemptsIn(database),
    once: onceIn(database),
    pushed: pushedIn(database),
    standing: standingIn(database),
    sweep: sweepIn(database),
    check: check(database),
    close: () => database.close(),
  };
}

/** A write, because a standby and a full disk still read. */
function check(database: Database): Store['check'] {
  const beat = database.write('UPDATE heartbeat SET beats = beats + 1 WHERE one = 1');
  return async () => {
    await beat.run();
  };
}
