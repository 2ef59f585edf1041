import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { issue } from '@valetkey/fetcher/certificates.fixture.ts';
import { expect, test } from 'vitest';
import { aSandbox, type Sandbox } from '../command-line.fixture.ts';

const viewer = ['client', 'add', '--id', 'viewer', '--name', 'Viewer', '--scope', 'openid photos:read'];
const app = [...viewer, '--redirect-uri', 'https://viewer.example/callback'];

function configured(over: Record<string, unknown> = {}): Sandbox {
  const sandbox = aSandbox();
  sandbox.configure(over);
  return sandbox;
}

function newKeys() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const common = { kid: 'one', alg: 'ES256' };
  return {
    open: { ...publicKey.export({ format: 'jwk' }), ...common },
    secret: { ...privateKey.export({ format: 'jwk' }), ...common },
  };
}

/** Writes a file into the sandbox and gives its name. */
function fileIn(sandbox: Sandbox, name: string, content: unknown): string {
  writeFileSync(sandbox.path(name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

test('options for OpenID Connect shape the client, and show tells them', async () => {
  const sandbox = configured({ features: { frontChannelLogout: true } });
  const client = await sandbox.json([
    ...[...app, '--id-token-alg', 'ES256', '--pairwise', '--claims-in-id-token'],
    ...['--post-logout-redirect-uri', 'https://viewer.example/bye'],
    ...['--backchannel-logout-uri', 'https://viewer.example/back'],
    ...['--frontchannel-logout-uri', 'https://viewer.example/front'],
    ...['--require-par', '--require-signed-request', '--jwks-uri', 'https://viewer.example/jwks'],
  ]);
  expect(client).toMatchObject({
    openid: { idTokenAlgorithm: 'ES256', subjectType: 'pairwise', claimsInIdToken: true },
    logout: {
      postLogoutRedirectUris: ['https://viewer.example/bye'],
      backchannelUri: 'https://viewer.example/back',
      frontchannelUri: 'https://viewer.example/front',
    },
    requests: { requirePushed: true, requireSigned: true },
    keys: { jwksUri: 'https://viewer.example/jwks' },
  });
  const { stdout } = await sandbox.valetkey(['client', 'show', 'viewer']);
  for (const line of [
    /ID tokens +signed by ES256/,
    /subjects +pairwise/,
    /after sign-out +https:\/\/viewer\.example\/bye/,
    /back channel +https:\/\/viewer\.example\/back/,
    /front channel +https:\/\/viewer\.example\/front/,
    /requests +pushed and signed only/,
    /keys +fetched from https:\/\/viewer\.example\/jwks/,
    /access tokens +opaque/,
  ])
    expect(stdout).toMatch(line);
});

test('a FAPI 2.0 client has keys of its own and no secret', async () => {
  const sandbox = configured();
  const jwks = fileIn(sandbox, 'viewer.jwks.json', { keys: [newKeys().open] });
  const fapi = [...app, '--profile', 'fapi2', '--auth-method', 'private_key_jwt', '--jwks', jwks];
  const client = await sandbox.json([...fapi, '--binding', 'dpop']);
  expect(client).toMatchObject({
    authenticationMethod: 'private_key_jwt',
    securityProfile: 'fapi2',
    binding: 'dpop',
    keys: { jwks: [{ kid: 'one', alg: 'ES256' }] },
    secrets: [],
    secret: null,
  });
  const { stdout } = await sandbox.valetkey(['client', 'show', 'viewer']);
  expect(stdout).toMatch(/profile +fapi2/);
  expect(stdout).toMatch(/access tokens +as the API says, bound to a DPoP key/);
  expect(stdout).toMatch(/keys +ES256, kid one/);
  expect(await sandbox.valetkey(['client', 'rotate-secret', 'viewer'])).toMatchObject({
    code: 65,
    stderr: expect.stringContaining('It proves itself by private_key_jwt'),
  });
});

test.each([
  ['the profile of the client', {}, ['--profile', 'fapi2-message-signing']],
  ['the profile of the server', { securityProfile: 'fapi2-message-signing' }, []],
])('what contradicts %s is refused, all of it, with the reason', async (_, config, options) => {
  const { code, stderr } = await configured(config).valetkey([
    ...[...viewer, ...options, '--compat', 'without-pkce', '--rotate', '--id-token-alg', 'RS256'],
    ...['--redirect-uri', 'http://localhost:4000/callback'],
  ]);
  expect(code).toBe(65);
  const faults = stderr
    .split('\n')
    .slice(1, -2)
    .map((line) => line.replace(/^Why:|^ {4}/, '').trim());
  expect(faults).toEqual([
    expect.stringMatching(/rules out the shared secret of client_secret_basic/),
    expect.stringMatching(/^--redirect-uri http:.* native apps on loopback only/),
    expect.stringMatching(/^--id-token-alg RS256 contradicts/),
    expect.stringMatching(/^--compat without-pkce contradicts/),
    expect.stringMatching(/^--rotate contradicts/),
    expect.stringMatching(/needs --jwks or --jwks-uri/),
  ]);
});

test('an operator may register what an app could not: a web app on localhost, and any scope', async () => {
  const sandbox = configured({ registration: { mode: 'open', scopes: ['photos:read'] } });
  const local = ['--redirect-uri', 'http://localhost:9002/callback', '--scope', 'photos:write'];
  expect(await sandbox.json([...viewer, ...local])).toMatchObject({
    applicationType: 'web',
    redirectUris: ['http://localhost:9002/callback'],
    scopes: ['openid', 'photos:read', 'photos:write'],
  });
});

test('a weakness that is allowed is loud, and stays visible', async () => {
  const sandbox = configured();
  const added = await sandbox.valetkey([...app, '--compat', 'without-pkce', '--compat', 'unencoded-basic']);
  expect(added.code).toBe(0);
  expect(added.stderr.match(/^Warning: --compat \S+ makes this client weaker/gm)).toHaveLength(2);
  const { stdout } = await sandbox.valetkey(['client', 'show', 'viewer']);
  expect(stdout).toMatch(/WEAKENED +without-pkce: .+\n +unencoded-basic: /);
  expect(await sandbox.json(['client', 'show', 'viewer'])).toMatchObject({
    compatibility: { withoutPkce: true, unencodedBasic: true },
  });
});

test('client metadata come in a file, options go before them, and what means nothing is told', async () => {
  const sandbox = configured();
  const file = fileIn(sandbox, 'album.json', {
    client_name: 'Album',
    redirect_uris: ['https://album.example/callback'],
    scope: 'photos:read photos:write',
    default_max_age: 300,
    logo_uri: 'https://album.example/logo.png',
    redirect_url: 'https://album.example/typo',
  });
  const args = ['client', 'add', '--metadata', file, '--id', 'album', '--name', 'Family Album', '--json'];
  const { code, stdout, stderr } = await sandbox.valetkey(args);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^Note: .*left out: redirect_url\n$/)]);
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'Family Album',
    redirectUris: ['https://album.example/callback'],
    grantTypes: ['authorization_code'],
    scopes: ['photos:read', 'photos:write'],
    defaultScopes: ['photos:read', 'photos:write'],
    openid: { defaultMaxAge: 300 },
    about: { logoUri: 'https://album.example/logo.png' },
    secret: expect.stringMatching(/^vksecret_/),
  });
});

test.each([
  ['a file that is not there', undefined, 66, /is not there/],
  ['a file that is not JSON', '{ "client_name": ', 65, /It is not JSON/],
  ['a file that holds a list', [], 65, /holds no JSON object/],
  [
    'metadata without a name',
    { redirect_uris: ['https://a.example/cb'], scope: 'photos:read' },
    65,
    /--name/,
  ],
  [
    'metadata that the server does not take',
    { client_name: 'x', redirect_uris: ['https://a.example/cb'], scope: 'photos:read', subject_type: 'both' },
    65,
    /subject_type must be public or pairwise/,
  ],
])('%s is refused with what to mend', async (_, content, code, why) => {
  const sandbox = configured();
  if (content !== undefined) fileIn(sandbox, 'metadata.json', content);
  const refused = await sandbox.valetkey(['client', 'add', '--metadata', 'metadata.json']);
  expect(refused).toMatchObject({ code, stderr: expect.stringMatching(why) });
});

test('a private key is refused, and not shown', async () => {
  const sandbox = configured();
  const { secret } = newKeys();
  const jwks = fileIn(sandbox, 'viewer.jwks.json', secret);
  const refused = await sandbox.valetkey([...app, '--auth-method', 'private_key_jwt', '--jwks', jwks]);
  expect(refused).toMatchObject({ code: 65, stderr: expect.stringContaining('private') });
  expect(refused.stderr).not.toContain(secret.d);
});

test('a secret that assertions are made with is kept, but never as it is', async () => {
  const sandbox = configured();
  const { secret } = await sandbox.json([...app, '--auth-method', 'client_secret_jwt']);
  const renewed = await sandbox.valetkey(['client', 'rotate-secret', 'viewer']);
  expect(renewed).toMatchObject({ code: 0, stderr: expect.stringContaining('wrapped under the root key') });
  const bytes = readdirSync(sandbox.folder)
    .map((name) => readFileSync(sandbox.path(name), 'latin1'))
    .join('\n');
  expect(bytes).toContain('"wrapped"');
  expect(bytes).not.toContain(secret.slice('vksecret_'.length));
  expect(JSON.stringify(await sandbox.json(['client', 'show', 'viewer']))).not.toContain('wrapped');
});

test('a client shows a certificate: its own, or one that names it', async () => {
  const sandbox = configured({ features: { mutualTls: true } });
  const { certificate } = await issue({ subject: 'CN=viewer.example', ca: 'self' });
  const pem = fileIn(sandbox, 'viewer.pem', certificate);
  const own = ['--auth-method', 'self_signed_tls_client_auth', '--binding', 'certificate'];
  expect(await sandbox.json([...app, ...own, '--certificate', pem])).toMatchObject({
    authenticationMethod: 'self_signed_tls_client_auth',
    binding: 'certificate',
    keys: { jwks: [{ kty: 'EC', x5c: [expect.any(String)] }] },
  });
  const named = ['--auth-method', 'tls_client_auth', '--certificate-subject', 'san_dns=viewer.example'];
  expect(await sandbox.json([...app, '--id', 'named', ...named])).toMatchObject({
    keys: { certificateSubject: { kind: 'san_dns', value: 'viewer.example' } },
  });
  const { stderr } = await sandbox.valetkey([...app, '--id', 'third', '--auth-method', 'tls_client_auth']);
  expect(stderr).toContain('needs a --certificate-subject');
  const malformed = await sandbox.valetkey([...app, ...named.slice(0, 3), 'viewer.example']);
  expect(malformed).toMatchObject({ code: 64, stderr: expect.stringContaining('KIND=VALUE') });
});
