import type { SessionStore, StoredSession } from './session.ts';

/** Sessions in this process, gone when it ends: for development, tests, and apps of one process. */
export function memorySessions(): SessionStore {
  const sessions = new Map<string, StoredSession>();
  return {
    async open(key, session) {
      // Sessions live equally long, so the first ones run out first.
      for (const [oldKey, old] of sessions) {
        if (old.expiresAt > session.signedInAt) break;
        sessions.delete(oldKey);
      }
      sessions.set(key, session);
    },
    async find(key) {
      return sessions.get(key);
    },
    async renew(key, renewals, tokens) {
      const session = sessions.get(key);
      if (!session) return 'ended';
      if (session.renewals !== renewals) return 'overtaken';
      sessions.set(key, { ...session, renewals: renewals + 1, tokens });
      return 'renewed';
    },
    async end(key) {
      const session = sessions.get(key);
      sessions.delete(key);
      return session;
    },
  };
}
