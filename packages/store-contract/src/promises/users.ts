import { normalizeUsername } from '@valetkey/server';
import { describe, expect, test } from 'vitest';
import { aUser, freshId, noon } from '../fixtures.ts';
import { openNodes, tally } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeUsers(makePlace: () => Promise<StorePlace>): void {
  describe('users', () => {
    const nodes = openNodes(makePlace);

    test('a user is found as added, by id and by username, on every node', async () => {
      const user = aUser({ passwordHash: null, disabledAt: noon, grantEpoch: 2, sessionEpoch: 3 });
      expect(await nodes.store.users.add(user)).toBe('added');
      expect(await nodes.other.users.find(user.id)).toEqual(user);
      expect(await nodes.other.users.findByUsername(user.username)).toEqual(user);
    });

    test('a user that nobody added is not found', async () => {
      expect(await nodes.store.users.find(freshId('user'))).toBeNull();
      expect(await nodes.store.users.findByUsername(freshId('nobody'))).toBeNull();
    });

    test('a username is kept as typed and found in its normal form', async () => {
      const typed = `  Grace.Höpper-${freshId('A')}`;
      const user = aUser({ username: typed });
      await nodes.store.users.add(user);
      expect(await nodes.store.users.findByUsername(normalizeUsername(typed.toUpperCase()))).toEqual(user);
    });

    test('an id is given once', async () => {
      const user = aUser();
      await nodes.store.users.add(user);
      expect(await nodes.store.users.add(aUser({ id: user.id, username: freshId('other') }))).toBe('exists');
      expect(await nodes.store.users.find(user.id)).toEqual(user);
    });

    test('a username is given once, whatever its case', async () => {
      const user = aUser({ username: freshId('Alan') });
      await nodes.store.users.add(user);
      const impostor = aUser({ username: user.username.toUpperCase() });
      expect(await nodes.store.users.add(impostor)).toBe('exists');
      expect(await nodes.store.users.find(impostor.id)).toBeNull();
    });

    test('of fifty that register one username, one is added', async () => {
      const username = freshId('edsger');
      const candidates = Array.from({ length: 50 }, () => aUser({ username }));
      const answers = await nodes.race((store, racer) => store.users.add(candidates[racer] ?? aUser()));
      expect(tally(answers)).toEqual({ added: 1, exists: 49 });
      expect(await nodes.store.users.findByUsername(username)).toEqual(candidates[answers.indexOf('added')]);
    });

    test('users are listed by username, ascending', async () => {
      const usernames = ['list.b', 'list.a', 'list.é', 'list.10', 'list.9'];
      for (const username of usernames) await nodes.store.users.add(aUser({ username }));
      const listed = (await nodes.other.users.list()).map(({ username }) => username);
      expect(listed.filter((username) => usernames.includes(username))).toEqual([
        'list.10',
        'list.9',
        'list.a',
        'list.b',
        'list.é',
      ]);
    });

    test('a new password ends the sessions', async () => {
      const user = aUser();
      await nodes.store.users.add(user);
      const change = { id: user.id, passwordHash: '$argon2id$new', endGrants: false };
      expect(await nodes.store.users.setPassword(change)).toBe('changed');
      const changed = { ...user, passwordHash: '$argon2id$new', sessionEpoch: 1 };
      expect(await nodes.other.users.find(user.id)).toEqual(changed);
    });

    test('a password reset ends the sessions and the grants', async () => {
      const user = aUser();
      await nodes.store.users.add(user);
      await nodes.store.users.setPassword({ id: user.id, passwordHash: '$argon2id$new', endGrants: true });
      const changed = { ...user, passwordHash: '$argon2id$new', sessionEpoch: 1, grantEpoch: 1 };
      expect(await nodes.other.users.find(user.id)).toEqual(changed);
    });

    test('signing out everywhere raises the session epoch', async () => {
      const user = aUser();
      await nodes.store.users.add(user);
      expect(await nodes.store.users.endSessions(user.id)).toBe('ended');
      expect(await nodes.other.users.find(user.id)).toEqual({ ...user, sessionEpoch: 1 });
    });

    test('disabling raises both epochs, and so does enabling: what died stays dead', async () => {
      const user = aUser();
      await nodes.store.users.add(user);
      expect(await nodes.store.users.setDisabled({ id: user.id, disabledAt: noon })).toBe('changed');
      const disabled = { ...user, disabledAt: noon, sessionEpoch: 1, grantEpoch: 1 };
      expect(await nodes.other.users.find(user.id)).toEqual(disabled);
      expect(await nodes.store.users.setDisabled({ id: user.id, disabledAt: null })).toBe('changed');
      expect(await nodes.other.users.find(user.id)).toEqual({ ...user, sessionEpoch: 2, grantEpoch: 2 });
    });

    test('a profile takes the place of the one before it, and leaves all else', async () => {
      const user = aUser({ profile: { email: 'ada@old.example', locale: 'en' } });
      await nodes.store.users.add(user);
      const change = { id: user.id, name: 'Countess of Lovelace', profile: { email: 'ada@new.example' } };
      expect(await nodes.store.users.setProfile(change)).toBe('changed');
      expect(await nodes.other.users.find(user.id)).toStrictEqual({ ...user, ...change });
      expect(await nodes.store.users.setProfile({ ...change, profile: {} })).toBe('changed');
      expect(await nodes.other.users.find(user.id)).toStrictEqual({ ...user, ...change, profile: {} });
    });

    test('fifty profiles all succeed, and one of them is what is stored, with its name', async () => {
      const user = aUser();
      await nodes.store.users.add(user);
      const answers = await nodes.race((store, racer) =>
        store.users.setProfile({ id: user.id, name: `${racer}`, profile: { nickname: `${racer}` } }),
      );
      expect(tally(answers)).toEqual({ changed: 50 });
      const stored = await nodes.store.users.find(user.id);
      expect(stored).toEqual({ ...user, name: stored?.name, profile: { nickname: stored?.name } });
      expect(stored?.name).toMatch(/^\d+$/);
    });

    test('a user that is not there cannot be changed', async () => {
      const id = freshId('user');
      const { users } = nodes.store;
      expect(await users.setPassword({ id, passwordHash: 'x', endGrants: true })).toBe('unknown');
      expect(await users.setProfile({ id, name: 'x', profile: {} })).toBe('unknown');
      expect(await users.endSessions(id)).toBe('unknown');
      expect(await users.setDisabled({ id, disabledAt: noon })).toBe('unknown');
      expect(await users.find(id)).toBeNull();
    });

    test('of fifty changes that raise an epoch, none is lost, whatever else is changed', async () => {
      const user = aUser();
      await nodes.store.users.add(user);
      await nodes.race((store, racer) => {
        if (racer < 20) {
          const passwordHash = `${racer}`;
          return store.users.setPassword({ id: user.id, passwordHash, endGrants: racer < 10 });
        }
        if (racer < 35) return store.users.endSessions(user.id);
        if (racer < 40) return store.users.setProfile({ id: user.id, name: `${racer}`, profile: {} });
        return store.users.setDisabled({ id: user.id, disabledAt: racer });
      });
      const changed = await nodes.store.users.find(user.id);
      expect(changed).toMatchObject({ sessionEpoch: 45, grantEpoch: 20 });
    });
  });
}
