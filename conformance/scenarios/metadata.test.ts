import { type ClientAuthenticationMethod, ConfigError, readConfig } from '@valetkey/server';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { assertionOf, carried, newKey, redeemWith, secretKey } from '../support/assertions.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, callAs, introspect, obtainCode, redeem, walk } from '../support/flow.ts';
import { inProcess, photosApi, testConfig } from '../targets/in-process.ts';
import type { Target, TargetOptions } from '../targets/target.ts';

type Document = Record<string, unknown> & { issuer: string };

async function read(target: Target, path: string, headers: Record<string, string> = {}) {
  const response = await target.fetch(new Request(new URL(path, target.issuer), { headers }));
  return {
    status: response.status,
    headers: response.headers,
    document: (await response.json()) as Document,
  };
}

const atRoot = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
const atTenant = [
  '/.well-known/oauth-authorization-server/tenants/t1',
  '/.well-known/openid-configuration/tenants/t1',
  '/tenants/t1/.well-known/openid-configuration',
];

/** An issuer without a path, one with a path, and one of development. */
const issuers: [string, string[]][] = [
  ['https://auth.example', atRoot],
  ['https://auth.example:8443', atRoot],
  ['https://auth.example/tenants/t1', atTenant],
  ['http://localhost:3000', atRoot],
  ['http://127.0.0.1:3000/tenants/t1', atTenant],
  ['http://[::1]:3000', atRoot],
];

function under(issuer: string, over: TargetOptions['config'] = {}): Promise<Target> {
  return inProcess({ config: { issuer, ...over } });
}

test.each(issuers)(
  'MD-002, MD-003, MD-004, MD-005: %s is described at all its well-known addresses, alike',
  async (issuer, paths) => {
    const target = await under(issuer);
    const answers = await Promise.all(paths.map((path) => read(target, path)));
    for (const { status, headers, document } of answers) {
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^application\/json(;|$)/);
      expect(document).toEqual(answers[0]?.document);
      expect(document.issuer).toBe(issuer);
    }
  },
);

test("MD-003: an issuer with a path is not described at the root, nor where the name is appended to OAuth's", async () => {
  const target = await under('https://auth.example/tenants/t1');
  const elsewhere = [
    ...atRoot,
    '/tenants/t1/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/tenants/t1/',
    '/tenants',
  ];
  for (const path of elsewhere) {
    const response = await target.fetch(new Request(new URL(path, target.issuer)));
    expect([path, response.status]).toEqual([path, 404]);
  }
});

test('MD-005: GET and HEAD are answered, other methods are 405', async () => {
  const target = await inProcess();
  for (const path of [...atRoot, '/jwks']) {
    const head = await target.fetch(new Request(`${target.issuer}${path}`, { method: 'HEAD' }));
    expect(head.status).toBe(200);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const response = await target.fetch(new Request(`${target.issuer}${path}`, { method }));
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  }
});

test.each(issuers)(
  'MD-001, MD-006: under %s every endpoint that is announced answers, and everything names one issuer',
  async (issuer, paths) => {
    const target = await under(issuer);
    const { document } = await read(target, paths[0] ?? '');
    for (const name of [
      'authorization_endpoint',
      'token_endpoint',
      'jwks_uri',
      'revocation_endpoint',
      'introspection_endpoint',
      'userinfo_endpoint',
      'pushed_authorization_request_endpoint',
      'end_session_endpoint',
    ]) {
      const url = String(document[name]);
      expect(url.startsWith(`${issuer}/`)).toBe(true);
      expect([name, (await target.fetch(new Request(url, { method: 'POST' }))).status]).not.toEqual([
        name,
        404,
      ]);
    }
    const client = await target.addClient();
    const user = await target.addUser();
    const { url, verifier } = authorizeUrl(target, client);
    const answer = await walk(new Browser(target.fetch), url, user);
    expect(answer.searchParams.get('iss')).toBe(issuer);
    const code = answer.searchParams.get('code') ?? '';
    const tokens = await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
    expect(decodeJwt(String(tokens.body.access_token)).iss).toBe(issuer);
    const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
    expect((await introspect(target, api, tokens.body.access_token)).iss).toBe(issuer);
  },
);

test('MD-001, SB-006: an issuer that is not https, or has a query, a fragment or another spelling, is a fault of the configuration', () => {
  const wrong = [
    'http://auth.example',
    'http://10.0.0.1:3000',
    'http://localhost.evil.example',
    'https://auth.example?x=1',
    'https://auth.example?',
    'https://auth.example#',
    'https://auth.example/',
    'https://auth.example/t1/',
    'https://AUTH.example',
    'https://auth.example:443',
    'https://auth.example/a/../b',
    'https://user@auth.example',
    'ftp://auth.example',
    'auth.example',
    '',
  ];
  for (const issuer of wrong) expect(() => readConfig(testConfig({ issuer })), issuer).toThrow(ConfigError);
});

test('MD-006: what OpenID Connect Discovery needs is there, RS256 among the algorithms', async () => {
  const { document } = await read(await inProcess(), atRoot[1] ?? '');
  for (const name of [
    ...['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri', 'response_types_supported'],
    ...['subject_types_supported', 'id_token_signing_alg_values_supported'],
  ])
    expect(document).toHaveProperty(name);
  expect(document.id_token_signing_alg_values_supported).toContain('RS256');
  for (const [name, algorithms] of Object.entries(document))
    if (name.includes('_alg_values_')) expect(algorithms).not.toContain('none');
});

test('MD-007: no list is empty and no member is null', async () => {
  const target = await inProcess();
  for (const path of atRoot) {
    for (const [name, value] of Object.entries((await read(target, path)).document)) {
      expect(value, name).not.toBeNull();
      if (Array.isArray(value)) expect(value.length, name).toBeGreaterThan(0);
      if (typeof value === 'string') expect(value, name).not.toBe('');
    }
  }
});

test('MD-008, MD-009, MD-010: what is announced is what is done, and nothing is announced that is not', async () => {
  const target = await inProcess({ config: { documentation: 'https://docs.example/auth' } });
  const { document } = await read(target, atRoot[0] ?? '');
  const signing = ['ES256', 'RS256', 'PS256', 'EdDSA'];
  const asymmetric = ['ES256', 'PS256', 'EdDSA', 'Ed25519', 'RS256'];
  const assertions = [...asymmetric, 'HS256', 'HS384', 'HS512'];
  const confidential = ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt'];
  expect(document).toEqual({
    issuer: target.issuer,
    authorization_endpoint: `${target.issuer}/authorize`,
    token_endpoint: `${target.issuer}/token`,
    jwks_uri: `${target.issuer}/jwks`,
    revocation_endpoint: `${target.issuer}/revoke`,
    introspection_endpoint: `${target.issuer}/introspect`,
    userinfo_endpoint: `${target.issuer}/userinfo`,
    pushed_authorization_request_endpoint: `${target.issuer}/par`,
    end_session_endpoint: `${target.issuer}/logout`,
    scopes_supported: [
      ...['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
      ...['photos:read', 'photos:write'],
    ],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: [...confidential, 'none'],
    token_endpoint_auth_signing_alg_values_supported: assertions,
    revocation_endpoint_auth_methods_supported: [...confidential, 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: assertions,
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: assertions,
    introspection_signing_alg_values_supported: signing,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    authorization_signing_alg_values_supported: signing,
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    request_object_signing_alg_values_supported: asymmetric,
    dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: signing,
    userinfo_signing_alg_values_supported: signing,
    claims_parameter_supported: true,
    claims_supported: [
      ...['iss', 'sub', 'name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username'],
      ...['profile', 'picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
      ...['email', 'email_verified', 'address', 'phone_number', 'phone_number_verified'],
      ...['auth_time', 'amr', 'nonce', 'at_hash', 'sid'],
    ],
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    service_documentation: 'https://docs.example/auth',
    protected_resources: [photosApi],
  });
});

test('MD-008: a client of each announced method is let in, and a grant type that is not announced is refused', async () => {
  const target = await inProcess();
  const { document } = await read(target, atRoot[0] ?? '');
  const user = await target.addUser();
  const key = newKey('ES256');
  const keys = { jwks: [key.jwk] };
  for (const method of document.token_endpoint_auth_methods_supported as ClientAuthenticationMethod[]) {
    const client = await target.addClient({ authenticationMethod: method, keys });
    const answer = await obtainCode(target, client, user);
    const signer = method === 'private_key_jwt' ? key : secretKey('HS256', client.secret);
    const redeemed = method.endsWith('_jwt')
      ? redeemWith(target, answer, {
          fields: carried(await assertionOf(target, { id: client.id, key: signer })),
        })
      : redeem(target, client, answer);
    expect([method, (await redeemed).status]).toEqual([method, 200]);
  }
  const client = await target.addClient();
  const other = await callAs(target, client, '/token', { grant_type: 'client_credentials' });
  expect(other.body.error).toBe('unsupported_grant_type');
});

test('MD-010: features that are off, or not offered at all, have no address either', async () => {
  const target = await inProcess();
  for (const path of [
    '/register',
    '/sign-up',
    '/device_authorization',
    '/end_session',
    '/session/end',
    '/oauth/token',
  ]) {
    const response = await target.fetch(new Request(`${target.issuer}${path}`, { method: 'POST' }));
    expect([path, response.status]).toEqual([path, 404]);
  }
});

test('MD-013: metadata may be read from any origin, without credentials, and kept for minutes', async () => {
  const target = await inProcess();
  for (const origin of [undefined, 'https://app.example', 'null']) {
    const { headers } = await read(target, atRoot[0] ?? '', origin === undefined ? {} : { origin });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('cache-control')).toMatch(/^public, max-age=\d{2,3}$/);
    expect(headers.get('set-cookie')).toBeNull();
  }
});

test('MD-016: a forged Host, X-Forwarded-Host or Forwarded header changes nothing', async () => {
  for (const handler of [{}, { trustedProxies: ['192.0.2.1'] }]) {
    const target = await inProcess({ handler });
    const { document } = await read(target, atRoot[0] ?? '');
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '81',
      'x-forwarded-prefix': '/evil',
      'x-original-url': '/evil',
      'x-rewrite-url': '/evil',
      forwarded: 'host=evil.example;proto=http',
    };
    for (const path of [...atRoot, '/jwks']) {
      expect((await read(target, path, forged)).document).toEqual((await read(target, path)).document);
    }
    const otherHost = await target.fetch(
      new Request(`https://evil.example${atRoot[0]}`, { headers: forged }),
    );
    expect(await otherHost.json()).toEqual(document);
    const client = await target.addClient();
    const { url } = authorizeUrl(target, client);
    const answer = await target.fetch(
      new Request(url.replace('auth.example', 'evil.example'), { headers: forged, redirect: 'manual' }),
    );
    expect(answer.headers.get('location')).toMatch(/^(https:\/\/auth\.example)?\/login\?/);
    const pages = await new Browser(target.fetch, forged).open(url);
    expect('html' in pages && pages.html).not.toContain('evil.example');
  }
});
