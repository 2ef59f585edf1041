import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { ConfigError } from '@valetkey/server';
import { expect, test } from 'vitest';
import { aSandbox, rootKey } from '../command-line.fixture.ts';
import { defineConfig } from '../index.ts';
import { readDeployment } from './deployment.ts';

function deploymentInput(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    issuer: 'https://auth.example',
    scopes: { 'photos:read': { description: 'see your photos' } },
    resources: [{ identifier: 'https://photos.example', name: 'Photos', scopes: ['photos:read'] }],
    store: { sqlite: 'data/valetkey.db' },
    rootKey: { file: 'root-key' },
    ...over,
  };
}

function faultsOf(input: unknown, folder = '/nowhere'): readonly string[] {
  try {
    readDeployment(input, folder);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('files are found from where the configuration lies, and the rest has its defaults', () => {
  const { folder, path } = aSandbox();
  writeFileSync(path('root-key'), `${rootKey}\n`, { mode: 0o600 });
  const config = defineConfig({
    issuer: 'https://auth.example',
    store: { sqlite: 'data/valetkey.db' },
    rootKey: { file: 'root-key' },
    scopes: { 'photos:read': { description: 'see your photos' } },
    resources: [{ identifier: 'https://photos.example', name: 'Photos', scopes: ['photos:read'] }],
  });
  expect(readDeployment(config, folder)).toMatchObject({
    store: { sqlite: path('data/valetkey.db') },
    rootKey: Buffer.alloc(32, 7),
    outgoing: { allow: [], certificates: [] },
    settings: { listen: { host: 'localhost', port: 9000 }, trustedProxies: [], logLevel: 'info' },
  });
});

test('a faulty configuration is told whole: deployment, authority, root key and environment', () => {
  const input = deploymentInput({
    issuer: 'http://auth.example',
    listen: { prot: 1 },
    store: { postgres: { env: 'NOT_SET_IN_TESTS' } },
    trustedProxies: ['10.0.0.0/8', '2001:db8::/32', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8'],
    colour: 'red',
  });
  expect(faultsOf(input)).toEqual([
    expect.stringMatching(/^listen: .*"prot"/),
    ...[2, 3, 4].map((i) => `trustedProxies.${i}: must be an address or a CIDR range, as 10.0.0.0/8`),
    expect.stringMatching(/^issuer: must be https/),
    expect.stringMatching(/"colour"/),
    'rootKey.file: /nowhere/root-key is not there; `valetkey init` makes one',
    'store.postgres.env: the environment variable NOT_SET_IN_TESTS is not set',
  ]);
});

test('private addresses and certificates for what is fetched are read, bundles too', () => {
  const { folder, path } = aSandbox();
  const [first = '', second = '', third = ''] = rootCertificates;
  writeFileSync(path('root-key'), rootKey, { mode: 0o600 });
  writeFileSync(path('one.pem'), first);
  writeFileSync(path('bundle.pem'), `# Company\n${second}\n\n${third}\n`);
  const allow = ['apps.internal', 'apps.internal:8443', '10.0.0.0/8', '[fd00::1]:443'];
  const outgoing = { allow, certificates: ['one.pem', path('bundle.pem')] };
  expect(readDeployment(deploymentInput({ outgoing }), folder).outgoing).toEqual({
    allow,
    certificates: [first, second, third],
  });
});

test('what cannot be allowed, and files without certificates, are faults', () => {
  const { folder, path } = aSandbox();
  writeFileSync(path('root-key'), rootKey, { mode: 0o600 });
  writeFileSync(path('empty.pem'), '');
  writeFileSync(path('broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  const certificates = ['gone.pem', 'empty.pem', 'broken.pem'];
  expect(faultsOf(deploymentInput({ outgoing: { certificates } }), folder)).toEqual([
    `outgoing.certificates.0: ${path('gone.pem')} is not there`,
    `outgoing.certificates.1: ${path('empty.pem')} holds no certificates in PEM`,
    `outgoing.certificates.2: ${path('broken.pem')} holds no certificates in PEM`,
  ]);
  const outgoing = { allow: ['https://a.example', '*.internal', '10.0.0.0/33'] };
  expect(faultsOf(deploymentInput({ outgoing }), folder)).toEqual(
    [0, 1, 2].map((i) => `outgoing.allow.${i}: must be a host, host:port or a CIDR range, as 10.0.0.0/8`),
  );
});

test('a header with certificates of clients needs a proxy that is trusted, and the name of a header', () => {
  const { folder, path } = aSandbox();
  writeFileSync(path('root-key'), rootKey, { mode: 0o600 });
  const faults = (clientCertificateHeader: object, trustedProxies: string[]) =>
    faultsOf(deploymentInput({ clientCertificateHeader, trustedProxies }), folder);
  expect(faults({ header: 'Client-Cert' }, [])).toEqual([
    'clientCertificateHeader: only proxies among trustedProxies are believed; there are none',
  ]);
  expect(faults({ header: 'Client Cert' }, ['10.0.0.1'])).toEqual([
    'clientCertificateHeader.header: must be the name of a header',
  ]);
  expect(faults({ header: 'Client-Cert', verifiedHeader: 'X-Verify' }, ['10.0.0.1'])).toEqual([]);
});

test.each([['a text'], [null], [[]], [7]])('%j is no configuration', (input) => {
  expect(faultsOf(input)).toEqual(['configuration: must be an object']);
});

test('a fault never shows the URL of a database or the root key', () => {
  const { folder, path } = aSandbox();
  writeFileSync(path('root-key'), 'half-a-secret', { mode: 0o600 });
  const input = deploymentInput({ store: { postgres: 'mysql://root:s3cret@db/x' } });
  const told = faultsOf(input, folder).join('\n');
  expect(told).toMatch(
    /store\.postgres: must be a postgres:\/\/ URL[\s\S]*does not hold 32 bytes as base64url/,
  );
  expect(told).not.toMatch(/s3cret|half-a-secret/);
});

test('a root key that everybody may read is refused', () => {
  const { folder, path } = aSandbox();
  writeFileSync(path('root-key'), rootKey);
  chmodSync(path('root-key'), 0o644);
  expect(faultsOf(deploymentInput(), folder)).toEqual([
    expect.stringMatching(/everybody may read .*chmod 600/),
  ]);
});

test('`init` writes a configuration that serves as it is, and a root key for its user alone', async () => {
  const sandbox = aSandbox();
  const made = await sandbox.valetkey(['init']);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('valetkey serve') });
  expect(statSync(sandbox.path('valetkey.root-key')).mode & 0o777).toBe(0o600);
  expect(await sandbox.json(['client', 'list'])).toEqual([]);
  const again = await sandbox.valetkey(['init']);
  expect(again).toMatchObject({ code: 73, stderr: expect.stringContaining('It is there already.') });
});

test('with a broken configuration nothing starts: all faults at once, exit code 78', async () => {
  const sandbox = aSandbox();
  sandbox.configure({ issuer: 'ftp://x', listen: { port: -1 }, logLevel: 'loud', resources: [] });
  const { code, stdout, stderr } = await sandbox.valetkey(['serve']);
  expect([code, stdout]).toEqual([78, '']);
  expect(stderr).toMatch(
    /has 4 faults\.\n[\s\S]*listen\.port[\s\S]*logLevel[\s\S]*issuer[\s\S]*resources[\s\S]*\nTo do: /,
  );
  expect(existsSync(sandbox.path('valetkey.db'))).toBe(false);
});

test.each([
  ['valetkey.config.json', '{ "issuer": ', 'cannot be read'],
  ['valetkey.config.ts', 'export const config = {};', 'It has no default export.'],
  ['valetkey.config.ts', 'throw new Error("the vault is shut");', 'the vault is shut'],
])('a configuration that is no configuration is told: %s %s', async (name, text, why) => {
  const sandbox = aSandbox();
  writeFileSync(sandbox.path(name), text);
  const { code, stderr } = await sandbox.valetkey(['serve']);
  expect(code).toBe(78);
  expect(stderr).toContain(why);
});

test('with another root key than the database was made with, nothing is done', async () => {
  const sandbox = aSandbox();
  sandbox.configure();
  await sandbox.json(['migrate']);
  const { code, stderr } = await sandbox.valetkey(['serve'], {
    env: { TEST_ROOT_KEY: Buffer.alloc(32, 8).toString('base64url') },
  });
  expect(code).toBe(78);
  expect(stderr).toMatch(
    /^Error: The root key does not fit the database\.\nWhy: .*\nTo do: Put back the root key/,
  );
});
