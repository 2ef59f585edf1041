import { getRequestListener } from '@hono/node-server';
import { createHandler } from '@valetkey/http';
import type { Authority } from '@valetkey/server';
import express, { type Express } from 'express';

/**
 * In an Express app. Mount it before any body parser: the server reads the body itself. `getRequestListener` turns a
 * fetch handler into what Node's HTTP server, and so Express, calls.
 */
export function createApp(authority: Authority): Express {
  const handler = createHandler(authority);
  const listener = getRequestListener((request, { incoming }) => {
    const address = incoming.socket.remoteAddress;
    return handler(request, address === undefined ? {} : { address });
  });
  const app = express();
  app.get('/hello', (_request, response) => void response.send('This is the app around the server.'));
  app.use((request, response, next) => void listener(request, response).catch(next));
  return app;
}

export function listen(authority: Authority, port: number) {
  return createApp(authority).listen(port, 'localhost');
}
