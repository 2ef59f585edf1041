import { getRequestListener } from '@hono/node-server';
import { createHandler } from '@valetkey/http';
import type { Authority } from '@valetkey/server';
import express, { type Express, type RequestHandler } from 'express';
import { openAuthority } from './authority.ts';
import { type Place, placeOf, type Running, running } from './running.ts';

/**
 * In an Express app: routes of the app first, everything else to the authorization server. It reads the body itself, so
 * that no parser may come before it: a route that needs one names it.
 */
function createApp(authority: Authority): Express {
  const app = express();
  app.get('/hello', (_request, response) => void response.send('This is the app around the server.'));
  app.post('/notes', express.json(), (request, response) => void response.status(201).json(request.body));
  app.use(authorizationServer(authority));
  return app;
}

/** `getRequestListener` turns a fetch handler into what Node's HTTP server, and so Express, calls. */
export function authorizationServer(authority: Authority): RequestHandler {
  const handler = createHandler(authority);
  const listener = getRequestListener(
    (request, { incoming }) => {
      // Sign-ins are throttled by address; behind a proxy of yours, name it in `trustedProxies`.
      const address = incoming.socket.remoteAddress;
      return handler(request, address === undefined ? {} : { address });
    },
    // The `Request` and `Response` of the app stay those of Node.
    { overrideGlobalObjects: false },
  );
  return (request, response, next) => void listener(request, response).catch(next);
}

export async function start({ port, folder }: Place): Promise<Running> {
  const authority = await openAuthority({ issuer: `http://localhost:${port}`, folder });
  return running(authority, createApp(authority).listen(port, 'localhost'));
}

if (import.meta.main) await start(placeOf(process.argv.slice(2)));
