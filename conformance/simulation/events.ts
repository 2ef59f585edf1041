import type { Client } from '@valetkey/server';
import type { Event } from './history.ts';
import type { Node } from './node.ts';
import type { Cast } from './world.ts';

/** Makes an event happen, as an operator's command or an account page would. Throws `StoreUnavailable`. */
export async function happen(event: Event, on: { node: Node; cast: Cast; grantId: string }): Promise<void> {
  const { cast, grantId } = on;
  const { store, now } = on.node;
  const { id } = cast.user;
  switch (event) {
    case 'user-disabled':
      await store.users.setDisabled({ id, disabledAt: now() });
      return;
    case 'user-enabled':
      await store.users.setDisabled({ id, disabledAt: null });
      return;
    case 'password-reset':
      await store.users.setPassword({ id, passwordHash: 'another', endGrants: true });
      return;
    case 'password-changed':
      await store.users.setPassword({ id, passwordHash: 'another', endGrants: false });
      return;
    case 'signed-out':
      await store.users.endSessions(id);
      return;
    case 'consent-withdrawn':
      await store.consents.withdraw(id, cast.client.id, now());
      return;
    case 'client-disabled':
      return changeClient(on, ({ grantEpoch }) => ({ disabledAt: now(), grantEpoch: grantEpoch + 1 }));
    case 'client-enabled':
      return changeClient(on, () => ({ disabledAt: null }));
    case 'revoked-by-administrator':
      await store.grants.revoke({
        id: grantId,
        why: 'revoked_by_administrator',
        now: now(),
        sweepAt: now() + 365 * 86_400_000,
      });
  }
}

async function changeClient(
  { node, cast }: { node: Node; cast: Cast },
  change: (client: Client) => Partial<Client>,
): Promise<void> {
  const { clients } = node.store;
  for (;;) {
    const client = await clients.find(cast.client.id);
    if (client === null) throw new Error('The client is gone.');
    if ((await clients.replace({ ...client, ...change(client) })) === 'replaced') return;
  }
}
