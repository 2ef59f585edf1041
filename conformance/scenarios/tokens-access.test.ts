import { ConfigError, type ConfigInput, readConfig } from '@valetkey/server';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, introspect, obtainCode, redeem, refresh, walk } from '../support/flow.ts';
import { inProcess, photosApi, testConfig } from '../targets/in-process.ts';
import type { Target } from '../targets/target.ts';

const printsApi = 'https://prints.example/api';

/** Two APIs, the second one with opaque tokens, and a scope that belongs to neither. */
const twoApis: Partial<ConfigInput> = {
  scopes: {
    'photos:read': { description: 'see your photos' },
    'photos:write': { description: 'add photos to your albums' },
    'prints:order': { description: 'order prints' },
    anywhere: { description: 'do nothing in particular' },
  },
  resources: [
    { identifier: photosApi, name: 'Photo API', scopes: ['photos:read', 'photos:write'] },
    { identifier: printsApi, name: 'Print API', scopes: ['prints:order'], accessTokenFormat: 'opaque' },
  ],
};
const everyScope = ['photos:read', 'photos:write', 'prints:order', 'anywhere'];

async function stage(config: Partial<ConfigInput> = {}) {
  const target = await inProcess({ config });
  const client = await target.addClient({ scopes: everyScope });
  const user = await target.addUser();
  return { target, client, user };
}

async function published(target: Target): Promise<JSONWebKeySet> {
  const response = await target.fetch(new Request(`${target.issuer}/jwks`));
  return (await response.json()) as JSONWebKeySet;
}

test('TN-020, TN-021, TN-022: an access token is a JWT as RFC 9068 says, and a foreign library verifies it', async () => {
  const { target, client, user } = await stage();
  const started = target.now();
  const tokens = await redeem(
    target,
    client,
    await obtainCode(target, client, user, { scope: 'photos:read photos:write' }),
  );
  const { payload, protectedHeader } = await jwtVerify(
    String(tokens.body.access_token),
    createLocalJWKSet(await published(target)),
    {
      issuer: target.issuer,
      audience: photosApi,
      typ: 'at+jwt',
      algorithms: ['ES256'],
    },
  );
  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
  expect(payload).toEqual({
    iss: target.issuer,
    sub: user.id,
    aud: photosApi,
    client_id: client.id,
    scope: expect.any(String),
    iat: expect.any(Number),
    exp: expect.any(Number),
    jti: expect.any(String),
  });
  expect(String(payload.scope).split(' ').toSorted()).toEqual(['photos:read', 'photos:write']);
  expect(payload.iat).toBeGreaterThanOrEqual(Math.floor(started / 1000));
  expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
  expect(tokens.body.expires_in).toBe(600);
});

test('MD-021: every access token names the key it is signed with, and that key is published', async () => {
  const { target, client, user } = await stage();
  const tokens = await redeem(target, client, await obtainCode(target, client, user));
  const { kid } = decodeProtectedHeader(String(tokens.body.access_token));
  expect((await published(target)).keys.map((key) => key.kid)).toContain(kid);
});

test('TN-008: the signature is R and S in 64 bytes, and the part is base64url without padding', async () => {
  const { target, client, user } = await stage();
  for (let i = 0; i < 5; i += 1) {
    const tokens = await redeem(target, client, await obtainCode(target, client, user));
    const token = String(tokens.body.access_token);
    expect(token).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/);
    expect(Buffer.from(token.split('.')[2] ?? '', 'base64url')).toHaveLength(64);
  }
});

test('TN-010, TN-017: time claims are whole numbers of seconds, and nothing is null or empty', async () => {
  const { target, client, user } = await stage();
  const claims = decodeJwt(
    String((await redeem(target, client, await obtainCode(target, client, user))).body.access_token),
  );
  expect(Number.isInteger(claims.iat)).toBe(true);
  expect(Number.isInteger(claims.exp)).toBe(true);
  for (const [name, value] of Object.entries(claims))
    expect([name, value]).not.toEqual([name, expect.toBeOneOf([null, '', []])]);
});

test('TN-022: jti is new for each token, sub is the same for one person and another for the next', async () => {
  const { target, client, user } = await stage();
  const subjects = new Set<unknown>();
  const ids = new Set<unknown>();
  for (const person of [user, user, await target.addUser()]) {
    const tokens = await redeem(target, client, await obtainCode(target, client, person));
    const next = await refresh(target, client, tokens.body.refresh_token);
    for (const { body } of [tokens, next]) {
      const { jti, sub } = decodeJwt(String(body.access_token));
      ids.add(jti);
      subjects.add(sub);
    }
  }
  expect([ids.size, subjects.size]).toEqual([6, 2]);
});

test('SB-017: sub is never a client id, and client_id never a person', async () => {
  const { target, client, user } = await stage();
  const { sub, client_id } = decodeJwt(
    String((await redeem(target, client, await obtainCode(target, client, user))).body.access_token),
  );
  expect(sub).not.toBe(client_id);
  expect(await target.store.clients.find(String(sub))).toBeNull();
  expect(await target.store.users.find(String(client_id))).toBeNull();
});

test('TN-023, TN-024: scope and audience are those of the one API the scopes belong to', async () => {
  const { target, client, user } = await stage(twoApis);
  const photos = await redeem(
    target,
    client,
    await obtainCode(target, client, user, { scope: 'photos:read anywhere' }),
  );
  expect(decodeJwt(String(photos.body.access_token))).toMatchObject({
    aud: photosApi,
    scope: 'photos:read anywhere',
  });
  const printer = await target.addClient({ grantTypes: [], redirectUris: [], serves: [printsApi] });
  const prints = await redeem(
    target,
    client,
    await obtainCode(target, client, user, { scope: 'prints:order' }),
  );
  expect(await introspect(target, printer, prints.body.access_token)).toMatchObject({
    aud: printsApi,
    scope: 'prints:order',
  });
});

test('TN-024: scopes that belong to no API are for the first one', async () => {
  const { target, client, user } = await stage(twoApis);
  const tokens = await redeem(target, client, await obtainCode(target, client, user, { scope: 'anywhere' }));
  expect(decodeJwt(String(tokens.body.access_token))).toMatchObject({ aud: photosApi, scope: 'anywhere' });
});

test('TN-025: scopes of different APIs in one request are invalid_scope', async () => {
  const { target, client, user } = await stage(twoApis);
  for (const scope of ['photos:read prints:order', 'prints:order photos:write anywhere']) {
    const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client, { scope }).url, user);
    expect([scope, answer.searchParams.get('error'), answer.searchParams.has('code')]).toEqual([
      scope,
      'invalid_scope',
      false,
    ]);
  }
  expect((await redeem(target, client, await obtainCode(target, client, user))).status).toBe(200);
});

test('TN-026: two APIs of one identifier, or one that is the issuer, are a fault of the configuration', async () => {
  const api = { identifier: photosApi, name: 'Photo API', scopes: ['photos:read'] };
  const faulty = [
    { resources: [api, { ...api, name: 'Again' }] },
    { resources: [{ ...api, identifier: 'https://auth.example' }] },
    { resources: [{ ...api, identifier: 'photos' }] },
    { resources: [{ ...api, identifier: `${photosApi}#part` }] },
  ];
  for (const over of faulty) expect(() => readConfig(testConfig(over))).toThrow(ConfigError);
});

test('TN-029: an opaque token is opaque when the API wants it, and no JWT in disguise', async () => {
  const { target, client, user } = await stage(twoApis);
  const tokens = await redeem(
    target,
    client,
    await obtainCode(target, client, user, { scope: 'prints:order' }),
  );
  expect(tokens.body.access_token).toMatch(/^vka1_[A-Za-z0-9_-]+$/);
  expect(tokens.body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'prints:order' });
});

test('TN-020, TN-029: the format can be set for a client, against the format of the API', async () => {
  const { target, user } = await stage(twoApis);
  const opaque = await target.addClient({ scopes: everyScope, accessTokenFormat: 'opaque' });
  const jwt = await target.addClient({ scopes: everyScope, accessTokenFormat: 'jwt' });
  const [first, second] = [
    await redeem(target, opaque, await obtainCode(target, opaque, user, { scope: 'photos:read' })),
    await redeem(target, jwt, await obtainCode(target, jwt, user, { scope: 'prints:order' })),
  ];
  expect(first.body.access_token).toMatch(/^vka1_/);
  expect(decodeJwt(String(second.body.access_token)).aud).toBe(printsApi);
});

test('TN-029, SB-030: codes, refresh and opaque access tokens are token68, long, and all distinct', async () => {
  const { target, user } = await stage();
  const client = await target.addClient({ authenticationMethod: 'none', accessTokenFormat: 'opaque' });
  const values: string[] = [];
  for (let i = 0; i < 8; i += 1) {
    const answer = await obtainCode(target, client, user);
    const tokens = await redeem(target, client, answer);
    const next = await refresh(target, client, tokens.body.refresh_token);
    values.push(answer.code);
    for (const { body } of [tokens, next]) values.push(String(body.access_token), String(body.refresh_token));
  }
  expect(new Set(values).size).toBe(values.length);
  for (const value of values) {
    expect(value).toMatch(/^[A-Za-z0-9._~+/-]+=*$/);
    expect(value.length).toBeGreaterThan(64);
    expect(value.length).toBeLessThan(1500);
  }
  // What differs between any two is far more than 128 bits' worth of characters.
  const [code = '', other = ''] = [values[0], values[5]];
  const common = [...code].filter((letter, i) => letter === other[i]).length;
  expect(code.length - common).toBeGreaterThan(100);
});

test('TN-030: access tokens live ten minutes by default, or as configured', async () => {
  const { target, client, user } = await stage();
  expect((await redeem(target, client, await obtainCode(target, client, user))).body.expires_in).toBe(600);
  const brief = await stage({ lifetimes: { accessToken: 120 } });
  const tokens = await redeem(
    brief.target,
    brief.client,
    await obtainCode(brief.target, brief.client, brief.user),
  );
  const { iat, exp } = decodeJwt(String(tokens.body.access_token));
  expect([tokens.body.expires_in, Number(exp) - Number(iat)]).toEqual([120, 120]);
});
