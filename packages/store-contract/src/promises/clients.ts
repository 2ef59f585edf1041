import { describe, expect, test } from 'vitest';
import { aClient, freshId, noon } from '../fixtures.ts';
import { openNodes, tally } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeClients(makePlace: () => Promise<StorePlace>): void {
  describe('clients', () => {
    const nodes = openNodes(makePlace);

    test('a client is found as it was added, on every node', async () => {
      const client = aClient({
        homepage: null,
        accessTokenFormat: 'jwt',
        rotateRefreshTokens: true,
        serves: ['https://photos.example/'],
        allowedOrigins: ['https://spa.example'],
        disabledAt: noon,
        grantEpoch: 7,
        version: 3,
      });
      expect(await nodes.store.clients.add(client)).toBe('added');
      expect(await nodes.store.clients.find(client.id)).toEqual(client);
      expect(await nodes.other.clients.find(client.id)).toEqual(client);
    });

    test('a client that nobody added is not found', async () => {
      expect(await nodes.store.clients.find(freshId('client'))).toBeNull();
    });

    test('a second client of the same id is refused and changes nothing', async () => {
      const client = aClient();
      await nodes.store.clients.add(client);
      expect(await nodes.store.clients.add({ ...client, name: 'Impostor' })).toBe('exists');
      expect(await nodes.store.clients.find(client.id)).toEqual(client);
    });

    test('of fifty that add one id, one is added', async () => {
      const id = freshId('client');
      const answers = await nodes.race((store, racer) =>
        store.clients.add(aClient({ id, name: `${racer}` })),
      );
      expect(tally(answers)).toEqual({ added: 1, exists: 49 });
      expect(await nodes.store.clients.find(id)).toMatchObject({ name: `${answers.indexOf('added')}` });
    });

    test('clients are listed by id, ascending', async () => {
      const ids = ['b', 'a', 'B', 'é', '_', '10', '9'].map((letter) => `list-${letter}`);
      for (const id of ids) await nodes.store.clients.add(aClient({ id }));
      const listed = (await nodes.other.clients.list()).map(({ id }) => id).filter((id) => ids.includes(id));
      expect(listed).toEqual(['10', '9', 'B', '_', 'a', 'b', 'é'].map((letter) => `list-${letter}`));
    });

    test('a replacement raises the version', async () => {
      const client = aClient({ version: 4 });
      await nodes.store.clients.add(client);
      const changed = { ...client, name: 'Copy Shop', redirectUris: [], disabledAt: noon, grantEpoch: 1 };
      expect(await nodes.store.clients.replace(changed)).toBe('replaced');
      expect(await nodes.other.clients.find(client.id)).toEqual({ ...changed, version: 5 });
    });

    test('a replacement of what has changed since is a conflict and changes nothing', async () => {
      const client = aClient();
      await nodes.store.clients.add(client);
      await nodes.store.clients.replace({ ...client, name: 'First' });
      expect(await nodes.other.clients.replace({ ...client, name: 'Second' })).toBe('conflict');
      expect(await nodes.store.clients.replace({ ...client, version: 9 })).toBe('conflict');
      expect(await nodes.store.clients.find(client.id)).toEqual({ ...client, name: 'First', version: 2 });
    });

    test('a client that is not there cannot be replaced', async () => {
      const client = aClient();
      expect(await nodes.store.clients.replace(client)).toBe('unknown');
      expect(await nodes.store.clients.find(client.id)).toBeNull();
    });

    test('of fifty that replace the same version, one does', async () => {
      const client = aClient();
      await nodes.store.clients.add(client);
      const answers = await nodes.race((store, racer) =>
        store.clients.replace({ ...client, name: `${racer}` }),
      );
      expect(tally(answers)).toEqual({ replaced: 1, conflict: 49 });
      const name = `${answers.indexOf('replaced')}`;
      expect(await nodes.store.clients.find(client.id)).toEqual({ ...client, name, version: 2 });
    });

    test('of fifty that remove a client, one does', async () => {
      const client = aClient();
      await nodes.store.clients.add(client);
      const answers = await nodes.race((store) => store.clients.remove(client.id));
      expect(tally(answers)).toEqual({ removed: 1, unknown: 49 });
      expect(await nodes.store.clients.find(client.id)).toBeNull();
      expect((await nodes.store.clients.list()).map(({ id }) => id)).not.toContain(client.id);
    });

    test('a client that is replaced while it is removed does not come back', async () => {
      const client = aClient();
      await nodes.store.clients.add(client);
      await nodes.race((store, racer) =>
        racer === 25 ? store.clients.remove(client.id) : store.clients.replace(client),
      );
      expect(await nodes.store.clients.find(client.id)).toBeNull();
    });
  });
}
