import { normalizeUsername, type User, type UserStore } from '@valetkey/server';
import { Table } from './table.ts';

export function memoryUsers(): UserStore {
  const table = new Table<User>();
  const byUsername = new Map<string, string>();
  return {
    async find(id) {
      return table.find(id);
    },
    async findByUsername(username) {
      const id = byUsername.get(username);
      return id === undefined ? null : table.find(id);
    },
    async list() {
      return table.list((user) => normalizeUsername(user.username));
    },
    async add(user) {
      const username = normalizeUsername(user.username);
      if (byUsername.has(username) || !table.add(user.id, user)) return 'exists';
      byUsername.set(username, user.id);
      return 'added';
    },
    async setPassword({ id, passwordHash, endGrants }) {
      const user = table.find(id);
      if (!user) return 'unknown';
      const grantEpoch = user.grantEpoch + (endGrants ? 1 : 0);
      table.change(id, { passwordHash, sessionEpoch: user.sessionEpoch + 1, grantEpoch });
      return 'changed';
    },
    async setProfile({ id, name, profile }) {
      return table.change(id, { name, profile }) ? 'changed' : 'unknown';
    },
    async endSessions(id) {
      const user = table.find(id);
      if (!user) return 'unknown';
      table.change(id, { sessionEpoch: user.sessionEpoch + 1 });
      return 'ended';
    },
    async setDisabled({ id, disabledAt }) {
      const user = table.find(id);
      if (!user) return 'unknown';
      table.change(id, {
        disabledAt,
        sessionEpoch: user.sessionEpoch + 1,
        grantEpoch: user.grantEpoch + 1,
      });
      return 'changed';
    },
  };
}
