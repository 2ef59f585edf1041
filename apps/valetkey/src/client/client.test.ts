import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { aSandbox, type Sandbox } from '../command-line.fixture.ts';

const printShop = ['client', 'add', '--id', 'print-shop', '--name', 'Print Shop', '--scope', 'photos:read'];
const webApp = [...printShop, '--redirect-uri', 'https://print.example/callback'];

function configured(): Sandbox {
  const sandbox = aSandbox();
  sandbox.configure();
  return sandbox;
}

/** Everything in the sandbox's folder, as bytes. */
function bytesIn({ folder, path }: Sandbox): string {
  return readdirSync(folder)
    .map((name) => readFileSync(path(name), 'latin1'))
    .join('\n');
}

test('a client is added with its defaults, and its secret is told once and kept as a hash', async () => {
  const sandbox = configured();
  const { secret, ...client } = await sandbox.json(webApp);
  expect(client).toEqual({
    id: 'print-shop',
    name: 'Print Shop',
    homepage: null,
    applicationType: 'web',
    authenticationMethod: 'client_secret_basic',
    redirectUris: ['https://print.example/callback'],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['photos:read'],
    defaultScopes: [],
    accessTokenFormat: null,
    rotateRefreshTokens: null,
    serves: [],
    consent: 'ask',
    allowedOrigins: [],
    secrets: [{ id: expect.any(String), createdAt: expect.any(String), expiresAt: null }],
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    disabledAt: null,
  });
  expect(secret).toMatch(/^vksecret_[\w-]{43}$/);
  expect(await sandbox.json(['client', 'show', 'print-shop'])).toEqual(client);
  expect(await sandbox.json(['client', 'list'])).toEqual([client]);
  expect(bytesIn(sandbox)).not.toContain(secret.slice('vksecret_'.length));
  expect(statSync(sandbox.path('valetkey.db')).mode & 0o777).toBe(0o600);
});

test('for people, the secret comes with a warning, and tables align', async () => {
  const sandbox = configured();
  const { stdout, stderr } = await sandbox.valetkey(webApp);
  expect(stdout.match(/vksecret_/g)).toHaveLength(1);
  expect(stderr).toContain('it will not be shown again');
  await sandbox.valetkey([
    'client',
    'add',
    '--id',
    'api',
    '--name',
    'Photo API',
    '--serves',
    'https://photos.example',
  ]);
  const [head = '', ...rows] = (await sandbox.valetkey(['client', 'list'])).stdout.trimEnd().split('\n');
  expect(rows.map((row) => row.indexOf(' UTC') - head.indexOf('CREATED'))).toEqual([16, 16]);
});

test('the options shape the client', async () => {
  const options = [
    ...['--public', '--native', '--no-refresh', '--first-party', '--token-format', 'opaque'],
    ...['--redirect-uri', 'example.album:/back', '--redirect-uri', 'http://127.0.0.1/back'],
    ...['--scope', 'photos:read photos:write', '--scope', 'photos:read', '--default-scope', 'photos:write'],
    ...['--homepage', 'https://album.example', '--allowed-origin', 'https://album.example'],
  ];
  const client = await configured().json(['client', 'add', '--name', 'Álbum & Co.', ...options]);
  expect(client).toMatchObject({
    id: expect.stringMatching(/^album-co-[a-z2-9]{6}$/),
    applicationType: 'native',
    authenticationMethod: 'none',
    redirectUris: ['example.album:/back', 'http://127.0.0.1/back'],
    grantTypes: ['authorization_code'],
    scopes: ['photos:read', 'photos:write'],
    defaultScopes: ['photos:write'],
    accessTokenFormat: 'opaque',
    consent: 'implied',
    allowedOrigins: ['https://album.example'],
    secrets: [],
    secret: null,
  });
});

test('all that keeps a client from being registered is told at once, with exit code 65', async () => {
  const { code, stderr } = await configured().valetkey([
    ...['client', 'add', '--name', 'x', '--public', '--no-rotate', '--serves', 'https://other.example'],
    ...['--redirect-uri', 'http://print.example/', '--redirect-uri', 'https://print.example/#x'],
    ...['--scope', 'photos:delete', '--default-scope', 'photos:read', '--id', 'https://print.example'],
    ...['--homepage', 'javascript:1', '--allowed-origin', 'https://print.example/app'],
  ]);
  expect(code).toBe(65);
  const faults = stderr.split('\n').slice(1, -2);
  expect(faults.map((line) => /--[a-z-]+ \S+/.exec(line)?.[0])).toEqual([
    '--id https://print.example',
    '--redirect-uri http://print.example/',
    '--redirect-uri https://print.example/#x',
    '--scope photos:delete',
    '--default-scope photos:read',
    '--public and',
    '--public and',
    '--serves https://other.example',
    '--homepage must',
    '--allowed-origin https://print.example/app',
  ]);
});

test.each([
  ['a client without redirect URI and scope', ['--name', 'x'], /needs a --redirect-uri/],
  ['an id like that of a person', [...webApp.slice(2), '--id', 'a'.repeat(30)], /form of a person's id/],
  ['a name that steers the terminal', [...webApp.slice(2), '--name', 'x\u001b[2J'], /control characters/],
])('%s is refused', async (_, options, why) => {
  expect(await configured().valetkey(['client', 'add', ...options])).toMatchObject({
    code: 65,
    stderr: expect.stringMatching(why),
  });
});

test('an id that is taken is refused, and one that is not there is told', async () => {
  const sandbox = configured();
  await sandbox.json(webApp);
  expect(await sandbox.valetkey(webApp)).toMatchObject({
    code: 65,
    stderr: expect.stringContaining('already'),
  });
  for (const command of ['show', 'remove', 'rotate-secret']) {
    const { code, stderr } = await sandbox.valetkey(['client', command, 'nobody']);
    expect([code, stderr.split('\n')]).toEqual([
      66,
      expect.arrayContaining(['Error: There is no client nobody.']),
    ]);
  }
});

test('a new secret leaves the old ones a while, unless they are dropped', async () => {
  const sandbox = configured();
  await sandbox.json(webApp);
  const before = Date.now();
  const second = await sandbox.json(['client', 'rotate-secret', 'print-shop', '--keep-old', '24h']);
  const end = Date.parse(second.oldSecretsEndAt);
  expect(end).toBeGreaterThanOrEqual(before + 86_400_000);
  expect(end).toBeLessThan(Date.now() + 86_400_001);
  // A longer wish later does not give the first one more time.
  await sandbox.json(['client', 'rotate-secret', 'print-shop', '--keep-old', '7d']);
  const { secrets } = await sandbox.json(['client', 'show', 'print-shop']);
  expect(secrets).toHaveLength(3);
  expect(secrets[0].expiresAt).toBe(second.oldSecretsEndAt);
  const last = await sandbox.json(['client', 'rotate-secret', 'print-shop', '--drop-old']);
  expect(last.oldSecretsEndAt).toBeNull();
  expect((await sandbox.json(['client', 'show', 'print-shop'])).secrets).toHaveLength(1);
});

test('a client that is removed is gone', async () => {
  const sandbox = configured();
  await sandbox.json(webApp);
  expect(await sandbox.json(['client', 'remove', 'print-shop'])).toEqual({ id: 'print-shop', removed: true });
  expect(await sandbox.json(['client', 'list'])).toEqual([]);
});
