import { type HttpBindings, serve } from '@hono/node-server';
import { createHandler } from '@valetkey/http';
import type { Authority } from '@valetkey/server';
import { Hono } from 'hono';
import { openAuthority } from './authority.ts';
import { type Place, placeOf, type Running, running } from './running.ts';

/** In a Hono app: routes of the app first, everything else to the authorization server. */
function createApp(authority: Authority): Hono<{ Bindings: HttpBindings }> {
  const handler = createHandler(authority);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get('/hello', (c) => c.text('This is the app around the server.'));
  app.all('*', (c) => {
    // Sign-ins are throttled by address; behind a proxy of yours, name it in `trustedProxies`.
    const address = c.env.incoming.socket.remoteAddress;
    return handler(c.req.raw, address === undefined ? {} : { address });
  });
  return app;
}

export async function start({ port, folder }: Place): Promise<Running> {
  const authority = await openAuthority({ issuer: `http://localhost:${port}`, folder });
  const { fetch } = createApp(authority);
  return running(authority, serve({ fetch, port, hostname: 'localhost' }));
}

if (import.meta.main) await start(placeOf(process.argv.slice(2)));
