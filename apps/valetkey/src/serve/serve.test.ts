import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Browser } from '../browser.fixture.ts';
import { aSandbox, type Running, type Sandbox } from '../command-line.fixture.ts';

interface Served {
  readonly running: Running;
  readonly port: number;
  /** An address of the server; any of its names. */
  readonly at: (path: string, host?: string) => string;
}

async function served(sandbox: Sandbox, over: Record<string, unknown> = {}): Promise<Served> {
  sandbox.configure(over);
  const running = sandbox.start(['serve']);
  const [, port] = await running.says(/"type":"server.listening".*"port":(\d+)/);
  return { running, port: Number(port), at: (path, host = 'localhost') => `http://${host}:${port}${path}` };
}

/** The log, a value a line. */
function linesOf(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('it answers on every loopback address, and refuses headers that are too large', async () => {
  const { at } = await served(aSandbox());
  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    expect(await (await fetch(at('/healthz', host))).json()).toEqual({ status: 'ok' });
  }
  expect((await fetch(at('/readyz'))).status).toBe(200);
  const large = await fetch(at('/healthz'), { headers: { 'x-large': 'x'.repeat(17_000) } });
  expect(large.status).toBe(431);
});

test('private addresses that may be fetched from are warned of at the start, and only then', async () => {
  const { running } = await served(aSandbox(), { outgoing: { allow: ['10.0.0.0/8'] } });
  await running.says(/"level":"warn".*"type":"outgoing.private_allowed","allow":\["10.0.0.0\/8"\]/);
  const usual = await served(aSandbox());
  expect((await fetch(usual.at('/readyz'))).status).toBe(200);
  expect(usual.running.output()).not.toContain('outgoing');
});

test('a port that is in use is told in three lines, with exit code 69', async () => {
  const first = await served(aSandbox());
  const sandbox = aSandbox();
  sandbox.configure();
  const { code, stdout, stderr } = await sandbox.valetkey(['serve'], {
    env: { VALETKEY_PORT: `${first.port}` },
  });
  expect(code).toBe(69);
  expect(stdout).not.toContain('server.listening');
  expect(stderr.split('\n')).toEqual([
    `Error: Port ${first.port} is in use.`,
    `Why:   Another program listens on 127.0.0.1:${first.port}.`,
    'To do: Stop that program, or choose another port with --port or listen.port.',
    '',
  ]);
});

test('a database that cannot be opened is told in three lines, with exit code 69', async () => {
  const sandbox = aSandbox();
  sandbox.configure({ store: { sqlite: 'valetkey.config.json' } });
  const { code, stderr } = await sandbox.valetkey(['serve']);
  expect(code).toBe(69);
  expect(stderr).toMatch(
    /^Error: The database cannot be used\.\nWhy: .*is not a SQLite database\.\nTo do: Check the path/,
  );
});

/** A token request that stays open until it is told to end. */
function openRequest(url: string) {
  const body = 'grant_type=authorization_code';
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const sent = request(url, { method: 'POST', headers });
  sent.write(body.slice(0, 10));
  return {
    answer: once(sent, 'response'),
    end: () => sent.end(body.slice(10)),
  };
}

test('at SIGTERM it says so, lets a running request end, and ends with 0', async () => {
  const { running, port, at } = await served(aSandbox(), { shutdown: { noticeSeconds: 1 } });
  const ahead = connect(port, '127.0.0.1');
  await once(ahead, 'connect');
  const pending = openRequest(at('/token'));
  // Its first bytes are there when what was sent after it is answered.
  expect((await fetch(at('/healthz'))).status).toBe(200);
  running.signal('SIGTERM');
  await running.says(/server\.stopping/);
  const ready = await fetch(at('/readyz'));
  expect([ready.status, ready.headers.get('connection'), await ready.json()]).toEqual([
    503,
    'close',
    { status: 'stopping' },
  ]);
  await once(ahead, 'close');
  await expect(fetch(at('/healthz'))).rejects.toThrow();
  pending.end();
  const [answer] = await pending.answer;
  expect([answer.statusCode, answer.headers.connection]).toEqual([400, 'close']);
  answer.resume();
  const { code, stdout, stderr } = await running.ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(linesOf(stdout).at(-1)).toMatchObject({ type: 'server.stopped', requests: 'drained' });
});

test('a request that does not end is cut after the limit', async () => {
  const { running, at } = await served(aSandbox(), { shutdown: { limitSeconds: 1 } });
  const pending = openRequest(at('/token'));
  const cut = expect(pending.answer).rejects.toThrow();
  expect((await fetch(at('/healthz'))).status).toBe(200);
  running.signal('SIGTERM');
  await cut;
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  const stop = linesOf(stdout).find(({ type }) => type === 'server.stopped');
  expect(stop).toMatchObject({ level: 'warn', requests: 'cut' });
});

test('a second signal ends it at once', async () => {
  const { running, at } = await served(aSandbox(), { shutdown: { limitSeconds: 60 } });
  const pending = openRequest(at('/token'));
  const cut = expect(pending.answer).rejects.toThrow();
  expect((await fetch(at('/healthz'))).status).toBe(200);
  // The echo that npm makes of the first one does not count.
  const again = setInterval(() => running.signal('SIGTERM'), 50);
  const { code, stdout } = await running.ended.finally(() => clearInterval(again));
  await cut;
  expect(code).toBe(143);
  expect(stdout).toContain('server.stopping');
  expect(stdout).not.toContain('server.stopped');
});

test('a reader of the log that goes away keeps it neither from serving nor from stopping', async () => {
  const { running, at } = await served(aSandbox());
  running.stopReading();
  for (const client of ['eve', 'mallory']) {
    const answer = await fetch(at(`/authorize?client_id=${client}`));
    expect(answer.status).toBe(400);
  }
  running.signal('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
});

test('a refusal is one line of the log, found by the reference that the client was told', async () => {
  const { running, at } = await served(aSandbox());
  const answer = await fetch(at('/token'), {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'x', client_id: 'eve' }),
  });
  const { error_description: told } = (await answer.json()) as { error_description: string };
  const reference = /reference (\w{8})/.exec(told)?.[1];
  await running.says(new RegExp(`${reference}`));
  const [line] = linesOf(running.output()).filter((entry) => entry.reference === reference);
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    type: 'request.refused',
    reference,
    endpoint: 'token',
    clientId: 'eve',
    error: expect.any(String),
    field: expect.any(String),
    expected: expect.any(String),
    got: expect.any(String),
    requirement: expect.stringMatching(/^[A-Z]{2}-\d{3}$/),
  });
});

test('after a whole flow neither log nor database holds a password, cookie, code, token or secret', async () => {
  const sandbox = aSandbox();
  sandbox.configure();
  const password = 'correct horse battery staple';
  const app = 'https://print.example/callback';
  await sandbox.json(['user', 'add', 'ada', '--password-stdin'], { stdin: password });
  const { id, secret } = await sandbox.json([
    'client',
    'add',
    '--name',
    'Print Shop',
    '--redirect-uri',
    app,
    '--scope',
    'photos:read',
  ]);
  const { running, at } = await served(sandbox, { logLevel: 'trace' });
  const browser = new Browser(app);
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    ...{ response_type: 'code', client_id: id, redirect_uri: app, scope: 'photos:read', state: 'a-state' },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const signIn = await browser.open(at(`/authorize?${asked}`));
  const consent = await browser.submit(signIn, 'login-submit', { username: 'ada', password });
  const back = new URL((await browser.submit(consent, 'consent-approve')).url);
  const call = (path: string, fields: Record<string, string>) =>
    fetch(at(path), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams(fields),
    });
  const code = back.searchParams.get('code') ?? '';
  const exchange = { grant_type: 'authorization_code', code, redirect_uri: app, code_verifier: verifier };
  const tokens = (await (await call('/token', exchange)).json()) as Record<string, string>;
  const refresh = { grant_type: 'refresh_token', refresh_token: `${tokens.refresh_token}` };
  expect((await call('/token', refresh)).status).toBe(200);
  expect((await call('/token', exchange)).status).toBe(400);
  // A client that sends everything in the wrong place is told of in the log, without what it sent.
  for (const value of [tokens.access_token, tokens.refresh_token, code, secret]) {
    await fetch(at(`/authorize?client_id=${value}&redirect_uri=${value}`));
    await call('/token', { grant_type: `${value}` });
  }
  running.signal('SIGTERM');
  const { stdout } = await running.ended;
  const types = linesOf(stdout).map(({ type }) => type);
  expect(types).toEqual(
    expect.arrayContaining(['sign_in.succeeded', 'grant.opened', 'grant.refreshed', 'grant.revoked']),
  );
  const stored = readdirSync(sandbox.folder).map((name) => readFileSync(sandbox.path(name), 'latin1'));
  const kept = [stdout, ...stored].join('\n');
  const secrets = [
    password,
    secret,
    verifier,
    code,
    ...browser.secrets,
    tokens.access_token,
    tokens.refresh_token,
  ];
  expect(secrets.length).toBeGreaterThan(7);
  // The beginning may be told (it is the prefix that scanners know); the rest must not be there.
  for (const value of secrets) expect(kept).not.toContain(`${value}`.slice(10, 40));
});
