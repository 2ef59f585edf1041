import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createHandler } from '@valetkey/http';
import { type Authority, createAuthority, type Store } from '@valetkey/server';
import { addParties, configFor } from '../parties.ts';

/** Valetkey's handler as its own program mounts it, on a store; what happens is told to nobody. */
export async function valetkey(issuer: string, store: Store): Promise<RequestListener> {
  const ports = {
    store,
    rootKey: randomBytes(32),
    clock: Date.now,
    random: randomBytes,
    emit: () => undefined,
  };
  const authority = createAuthority(configFor(issuer), ports);
  await addParties(authority);
  return listenerOf(authority);
}

function listenerOf(authority: Authority): RequestListener {
  const handler = createHandler(authority);
  return getRequestListener((request, { incoming }) => {
    const { remoteAddress } = incoming.socket as { remoteAddress?: string };
    return handler(request, remoteAddress === undefined ? {} : { address: remoteAddress });
  });
}
