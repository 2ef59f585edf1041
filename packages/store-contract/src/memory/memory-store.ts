import type { Store } from '@valetkey/server';
import { memoryAttempts } from './attempts.ts';
import { memoryClients } from './clients.ts';
import { memoryConsents } from './consents.ts';
import { memoryGrants } from './grants.ts';
import { memoryKeys } from './keys.ts';
import { memoryOnce } from './once.ts';
import { memoryPushed } from './pushed.ts';
import { memorySessions } from './sessions.ts';
import { memoryUsers } from './users.ts';

/**
 * A store in memory, for tests: every verb runs to its end before another begins, and what goes in or comes out is a copy.
 */
export function memoryStore(): Store {
  const clients = memoryClients();
  const users = memoryUsers();
  const sessions = memorySessions();
  const consents = memoryConsents();
  const grants = memoryGrants();
  const keys = memoryKeys();
  const attempts = memoryAttempts();
  const once = memoryOnce();
  const pushed = memoryPushed();
  return {
    clients,
    users,
    sessions,
    consents,
    grants,
    keys,
    attempts,
    once,
    pushed,
    async standing({ userId, clientId, sessionId }) {
      const [user, session, consent] = await Promise.all([
        users.find(userId),
        sessions.find(sessionId),
        consents.find(userId, clientId),
      ]);
      return { user, session, consent };
    },
    async sweep(now) {
      return {
        grants: grants.sweep(now),
        sessions: sessions.sweep(now),
        attempts: attempts.sweep(now),
        once: once.sweep(now),
        pushed: pushed.sweep(now),
        clients: clients.sweep(now),
      };
    },
    async check() {
      await Promise.resolve();
    },
    async close() {
      await Promise.resolve();
    },
  };
}
