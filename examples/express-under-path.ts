import type { Authority } from '@valetkey/server';
import express, { type Express } from 'express';
import { openAuthority } from './authority.ts';
import { authorizationServer } from './express.ts';
import { type Place, placeOf, type Running, running } from './running.ts';

/**
 * Under a path, at the issuer `http://localhost:9000/auth`. Two things differ from a mount at the root:
 *
 * - Clients look for the metadata at the root of the host, with the issuer's path behind (RFC 8414 §3.1).
 * - The handler knows its path from the issuer and wants to see the whole URL. `app.use('/auth', ...)` would cut the path
 *   off, as would `app.mount` in Hono; `app.all` leaves it, in both.
 */
const paths = [
  '/auth{/*rest}',
  '/.well-known/oauth-authorization-server/auth',
  '/.well-known/openid-configuration/auth',
];

function createApp(authority: Authority): Express {
  const app = express();
  // Before the body parser: the authorization server reads the body itself.
  app.all(paths, authorizationServer(authority));
  app.use(express.json());
  app.get('/hello', (_request, response) => void response.send('This is the app around the server.'));
  app.post('/notes', (request, response) => void response.status(201).json(request.body));
  return app;
}

export async function start({ port, folder }: Place): Promise<Running> {
  const authority = await openAuthority({ issuer: `http://localhost:${port}/auth`, folder });
  return running(authority, createApp(authority).listen(port, 'localhost'));
}

if (import.meta.main) await start(placeOf(process.argv.slice(2)));
