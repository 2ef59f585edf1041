import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { notebook } from './authority.ts';
import * as express from './express.ts';
import * as underPath from './express-under-path.ts';
import * as hono from './hono.ts';
import * as node from './node.ts';
import type { Running } from './running.ts';
import { post, Visitor } from './visitor.fixture.ts';

let folder: string;
const started: Running[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'valetkey-example-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((example) => example.stop()));
  await rm(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The issuer has to name the port before anybody listens; so it is looked for, and looked for again if it went. */
async function start(example: typeof hono, place: { port?: number } = {}): Promise<Running> {
  for (let tries = 1; ; tries += 1) {
    try {
      const running = await example.start({ port: place.port ?? (await freePort()), folder });
      started.push(running);
      return running;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === 5) throw error;
    }
  }
}

async function stop(running: Running): Promise<void> {
  started.splice(started.indexOf(running), 1);
  await running.stop();
}

const examples = [
  ['Hono', hono, ''],
  ['Express', express, ''],
  ['Express under a path', underPath, '/auth'],
  ['bare Node', node, ''],
] as const;

test.each(examples)(
  'in %s the server serves the whole flow beside the routes of the app',
  async (_, example, path) => {
    const { authority } = await start(example);
    const { issuer } = authority.config;
    const { origin, pathname } = new URL(issuer);
    expect(pathname).toBe(path || '/');
    expect(await (await fetch(`${origin}/hello`)).text()).toMatch(/around/);
    for (const name of ['oauth-authorization-server', 'openid-configuration']) {
      const metadata = await (await fetch(`${origin}/.well-known/${name}${path}`)).json();
      expect(metadata).toMatchObject({ issuer, token_endpoint: `${issuer}/token` });
    }
    expect((await fetch(`${issuer}/.well-known/openid-configuration`)).status).toBe(200);
    expect((await fetch(`${issuer}/`)).status).toBe(200);

    const { answer, verifier } = await new Visitor(issuer).approve();
    expect(answer.href.startsWith(`${notebook.redirectUri}?`)).toBe(true);
    expect(Object.fromEntries(answer.searchParams)).toMatchObject({ state: 'xyz', iss: issuer });
    const code = { code: answer.searchParams.get('code') ?? '', code_verifier: verifier };
    const tokens = await post(`${issuer}/token`, { grant_type: 'authorization_code', ...code });
    expect(tokens).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'notes:read' } });
    const { access_token: token, refresh_token } = tokens.body;
    const renewed = await post(`${issuer}/token`, { grant_type: 'refresh_token', refresh_token });
    expect(renewed.status).toBe(200);
    expect((await post(`${issuer}/introspect`, { token })).body).toMatchObject({ active: true });
    expect((await post(`${issuer}/revoke`, { token: refresh_token })).status).toBe(200);
    expect((await post(`${issuer}/introspect`, { token })).body).toEqual({ active: false });

    // The address of the peer reached the server: it is on the session of the person.
    const { sessions, users } = authority.store;
    const [person] = await users.list();
    const [session] = await sessions.listOf(person?.id ?? '', Date.now());
    expect(session?.address).toMatch(/^(127\.0\.0\.1|::1)$/);
  },
);

test.each([
  ['last', express],
  ['first', underPath],
])('a body parser of the Express app leaves the bodies to the server, mounted %s', async (_, example) => {
  const { authority } = await start(example);
  const { origin } = new URL(authority.config.issuer);
  const note = { title: 'Milk' };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/notes`, { method: 'POST', headers, body: JSON.stringify(note) });
  expect([answer.status, await answer.json()]).toEqual([201, note]);
  expect(await post(`${authority.config.issuer}/token`, { grant_type: 'password' })).toMatchObject({
    status: 400,
    body: { error: 'unsupported_grant_type' },
  });
});

test('the second start finds keys, client, person and grants of the first', async () => {
  const first = await start(hono);
  const { issuer } = first.authority.config;
  const { answer, verifier } = await new Visitor(issuer).approve();
  const code = { code: answer.searchParams.get('code') ?? '', code_verifier: verifier };
  const { body } = await post(`${issuer}/token`, { grant_type: 'authorization_code', ...code });
  const keys = await (await fetch(`${issuer}/jwks`)).json();
  await stop(first);

  const second = await start(hono, { port: Number(new URL(issuer).port) });
  expect(await (await fetch(`${issuer}/jwks`)).json()).toEqual(keys);
  expect(await second.authority.store.users.list()).toHaveLength(1);
  const { refresh_token } = body;
  expect((await post(`${issuer}/token`, { grant_type: 'refresh_token', refresh_token })).status).toBe(200);
  expect((await stat(join(folder, 'root.key'))).mode & 0o777).toBe(0o600);
});

test('a start on a port that is taken fails, with the cause', async () => {
  const { authority } = await start(node);
  const port = Number(new URL(authority.config.issuer).port);
  for (const [, example] of examples)
    await expect(example.start({ port, folder })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('the adapter of bare Node takes no other host from the path, and answers what is no request for it', async () => {
  const { authority } = await start(node);
  const { port } = new URL(authority.config.issuer);
  const ask = async (method: string, path: string) => {
    const asked = request({ host: 'localhost', port, method, path }).end();
    const [answer] = await once(asked, 'response');
    answer.resume();
    return answer.statusCode;
  };
  expect(await ask('GET', '//elsewhere.example/jwks')).toBe(404);
  expect(await ask('GET', 'http://elsewhere.example/jwks')).toBe(400);
  expect(await ask('OPTIONS', '*')).toBe(400);
  expect(await ask('TRACE', '/jwks')).toBe(400);
  expect(await ask('HEAD', '/jwks')).toBe(200);
});

/** Runs a program as `node` does, until the visit is over; on another port if somebody was faster. */
async function run(args: readonly string[], visit: (said: string) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const port = String(await freePort());
    const child = spawn(process.execPath, [...args, port], { cwd: folder });
    const told = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        told[name] += text;
      });
    const ended = once(child, 'close');
    try {
      await Promise.race([once(child.stdout, 'data'), ended]);
      if (told.stdout.includes(`http://localhost:${port}`)) return await visit(told.stdout);
      if (!told.stderr.includes('EADDRINUSE') || tries === 5) throw new Error(`It said:\n${told.stderr}`);
    } finally {
      child.kill();
      await ended;
    }
  }
}

test.each([['hono.ts'], ['express.ts'], ['express-under-path.ts'], ['node.ts']])(
  '%s runs by itself',
  async (program, ...args) => {
    await run([join(import.meta.dirname, program), ...args], async (said) => {
      const issuer = /http:\S+[^.\s]/.exec(said)?.[0];
      expect(await (await fetch(`${issuer}/readyz`)).json()).toMatchObject({ status: 'ok' });
    });
  },
);
