import { describe, expect, test } from 'vitest';
import { ConfigError, type ConfigInput, readConfig } from './config.ts';

const good: ConfigInput = {
  issuer: 'https://auth.example',
  scopes: { 'photos:read': { description: 'see your photos' } },
  resources: [{ identifier: 'https://photos.example', name: 'Photo API', scopes: ['photos:read'] }],
};

function faultsOf(input: unknown): readonly string[] {
  try {
    readConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('TN-030, AZ-083: a small configuration is enough; the rest has defaults', () => {
  const { lifetimes, keys, throttling, brand } = readConfig(good);
  expect(lifetimes).toMatchObject({ authorizationCode: 60, accessToken: 600, refreshGrace: 10 });
  expect(keys.algorithms).toEqual(['ES256', 'RS256', 'PS256', 'EdDSA']);
  expect(throttling.account).toEqual({ limit: 10, windowSeconds: 900 });
  expect(brand).toBe('Valetkey');
});

test('all faults are told at once', () => {
  const faults = faultsOf({
    issuer: 'ftp://auth.example',
    scopes: { 'a b': { description: '' } },
    resources: [],
    lifetime: {},
  });
  expect(faults.join('\n')).toMatch(/issuer/);
  expect(faults.join('\n')).toMatch(/scopes/);
  expect(faults.join('\n')).toMatch(/resources/);
  expect(faults.join('\n')).toMatch(/lifetime/);
  expect(faults.length).toBeGreaterThanOrEqual(4);
});

test('what is read is frozen, to the bottom', () => {
  const config = readConfig(good);
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.resources[0]?.scopes)).toBe(true);
});

describe('MD-001, SB-006: issuers', () => {
  test.each([
    'https://auth.example',
    'https://auth.example:8443/tenant',
    'http://localhost:9000',
    'http://127.0.0.1:9000',
    'http://[::1]:9000',
  ])('%s', (issuer) => expect(faultsOf({ ...good, issuer })).toEqual([]));

  test.each([
    ['http://auth.example', /https/],
    ['http://127.0.0.2', /https/],
    ['http://localhost.evil.example', /https/],
    ['https://auth.example/', /written https:\/\/auth\.example/],
    ['https://auth.example/tenant/', /slash/],
    ['https://AUTH.example', /written https:\/\/auth\.example/],
    ['https://auth.example:443', /written/],
    ['https://auth.example?a=1', /query/],
    ['https://auth.example#f', /fragment/],
    ['https://user@auth.example', /user information/],
    ['auth.example', /URL/],
  ] as const)('not %s', (issuer, why) => expect(faultsOf({ ...good, issuer }).join()).toMatch(why));
});

test('TN-026: resources are told apart from each other and from the issuer', () => {
  const [photos] = good.resources;
  expect(faultsOf({ ...good, resources: [photos, photos] }).join()).toMatch(/used twice/);
  expect(faultsOf({ ...good, resources: [{ ...photos, identifier: good.issuer }] }).join()).toMatch(
    /differ from the issuer/,
  );
  expect(faultsOf({ ...good, resources: [{ ...photos, scopes: ['other'] }] }).join()).toMatch(
    /not described/,
  );
});

test('lives that contradict each other are refused', () => {
  expect(
    faultsOf({ ...good, lifetimes: { refreshTokenIdle: 3000, refreshTokenAbsolute: 2000 } }).join(),
  ).toMatch(/exceed/);
  expect(faultsOf({ ...good, lifetimes: { authorizationCode: 601 } }).join()).toMatch(/authorizationCode/);
  expect(faultsOf({ ...good, keys: { publishAhead: 86_400, rotateEvery: 86_400 } }).join()).toMatch(
    /shorter/,
  );
});

test('MD-010: where OpenID Connect is off, no scope of its name brings half of it back', () => {
  const scopes = { ...good.scopes, openid: { description: 'know that it is you' } };
  expect(faultsOf({ ...good, scopes })).toEqual([]);
  expect(faultsOf({ ...good, scopes, features: { openid: false } })).toEqual([
    'scopes.openid: belongs to OpenID Connect; switch features.openid on, or name the scope otherwise',
  ]);
});

test('signing algorithms are some of the four, each once, and a resource names one of them', () => {
  const withAlgorithms = (algorithms: unknown) => faultsOf({ ...good, keys: { algorithms } }).join();
  expect(withAlgorithms(['PS256', 'ES256'])).toBe('');
  expect(withAlgorithms(['ES256', 'ES256'])).toMatch(/^keys\.algorithms: must not name one twice$/);
  for (const bad of [[], ['none'], ['ES256', 'HS256'], 'ES256', null])
    expect(withAlgorithms(bad)).toMatch(/^keys\./);
  const resources = good.resources.map((resource) => ({ ...resource, algorithm: 'RS256' }));
  expect(faultsOf({ ...good, resources })).toEqual([]);
  expect(faultsOf({ ...good, resources, keys: { algorithms: ['ES256'] } })).toEqual([
    'resources.0.algorithm: RS256 is not among keys.algorithms',
  ]);
});
