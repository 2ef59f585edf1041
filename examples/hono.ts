import type { HttpBindings } from '@hono/node-server';
import { serve } from '@hono/node-server';
import { createHandler } from '@valetkey/http';
import type { Authority } from '@valetkey/server';
import { Hono } from 'hono';

/** In a Hono app: routes of the app first, everything else to the authorization server. */
export function createApp(authority: Authority): Hono<{ Bindings: HttpBindings }> {
  const handler = createHandler(authority);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get('/hello', (c) => c.text('This is the app around the server.'));
  app.all('*', (c) => {
    const address = c.env.incoming.socket.remoteAddress;
    return handler(c.req.raw, address === undefined ? {} : { address });
  });
  return app;
}

export function listen(authority: Authority, port: number) {
  return serve({ fetch: createApp(authority).fetch, port, hostname: 'localhost' });
}
