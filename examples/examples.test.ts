import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addPeople, openAuthority } from './authority.ts';
import * as express from './express.ts';
import * as hono from './hono.ts';
import * as node from './node.ts';

const people = {
  redirectUri: 'https://notebook.example/callback',
  clientSecret: 's3cret',
  password: 'correct horse',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'valetkey-example-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Posts the form of a page, with the fields of a person's choice. */
async function submit(
  page: { url: string; html: string },
  cookies: Map<string, string>,
  fields: Record<string, string>,
) {
  const ticket = /name="ticket" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  const body = new URLSearchParams({ ticket, ...fields });
  return send(page.url.replace(/\?.*/, ''), cookies, { method: 'POST', body });
}

async function send(url: string, cookies: Map<string, string>, init: RequestInit = {}) {
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
  const response = await fetch(url, { ...init, headers: { cookie }, redirect: 'manual' });
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
  }
  return response;
}

async function load(response: Response, from: string, cookies: Map<string, string>) {
  const url = new URL(response.headers.get('location') ?? '', from).href;
  return { url, html: await (await send(url, cookies)).text() };
}

test.each([
  ['Hono', hono],
  ['Express', express],
  ['bare Node', node],
])('embedded in %s, the server serves the whole flow beside the routes of the app', async (_, example) => {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const authority = await openAuthority({ issuer, folder });
  await addPeople(authority, people);
  const server = example.listen(authority, port) as Server;
  try {
    if (!server.listening) await once(server, 'listening');
    expect(await (await fetch(`${issuer}/hello`)).text()).toMatch(/around/);
    const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
    expect(metadata).toMatchObject({ issuer });

    const cookies = new Map<string, string>();
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'notebook',
      state: 'xyz',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const signIn = await load(await send(`${issuer}/authorize?${query}`, cookies), issuer, cookies);
    const credentials = { action: 'sign-in', username: 'ada', password: people.password };
    const consent = await load(await submit(signIn, cookies, credentials), issuer, cookies);
    const answer = await submit(consent, cookies, { decision: 'approve' });
    const location = new URL(answer.headers.get('location') ?? '');
    expect(location.origin + location.pathname).toBe(people.redirectUri);
    const tokens = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`notebook:${people.clientSecret}`)}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: location.searchParams.get('code') ?? '',
        code_verifier: verifier,
      }),
    });
    expect(tokens.status).toBe(200);
    expect(await tokens.json()).toMatchObject({ token_type: 'Bearer', scope: 'notes:read' });
    // The address of the peer reached the server: it is on the session of the person.
    const [session] = await authority.store.sessions.listOf(
      (await authority.store.users.list())[0]?.id ?? '',
      Date.now(),
    );
    expect(session?.address).toMatch(/^(127\.0\.0\.1|::1)$/);
  } finally {
    server.close();
    server.closeAllConnections();
    await authority.store.close();
  }
});
