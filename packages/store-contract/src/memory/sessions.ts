import type { Session, SessionStore } from '@valetkey/server';
import { Table } from './table.ts';

export function memorySessions(): SessionStore & { sweep(now: number): number } {
  const table = new Table<Session>();
  const clients = new Map<string, Set<string>>();
  return {
    async find(id) {
      return table.find(id);
    },
    async open(session) {
      return table.add(session.id, session) ? 'opened' : 'exists';
    },
    async renew(renewal) {
      const session = table.find(renewal.id);
      if (!session) return 'unknown';
      if (session.endedAt !== null) return 'ended';
      table.change(renewal.id, renewal);
      return 'renewed';
    },
    async end(id, now) {
      const session = table.find(id);
      if (!session) return 'unknown';
      if (session.endedAt !== null) return 'already';
      table.change(id, { endedAt: now });
      return 'ended';
    },
    async listOf(userId, now) {
      const alive = (session: Session) => session.endedAt === null && session.endsAt > now;
      return table
        .list((session) => session.id)
        .filter((session) => session.userId === userId && alive(session))
        .sort((a, b) => b.openedAt - a.openedAt);
    },
    async enter({ sessionId, clientId }) {
      if (!table.find(sessionId)) return;
      clients.set(sessionId, (clients.get(sessionId) ?? new Set()).add(clientId));
    },
    async clientsOf(sessionId) {
      return [...(clients.get(sessionId) ?? [])].sort(byBytes);
    },
    sweep: (now) =>
      table.sweep(
        (session) => session.endsAt <= now,
        (id) => clients.delete(id),
      ),
  };
}

/** As a database sorts without a language. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
