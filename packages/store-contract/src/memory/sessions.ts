import type { Session, SessionStore } from '@valetkey/server';
import { Table } from './table.ts';

export function memorySessions(): SessionStore & { sweep(now: number): number } {
  const table = new Table<Session>();
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
    sweep: (now) => table.sweep((session) => session.endsAt <= now),
  };
}
