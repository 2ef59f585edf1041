import { expect, test } from 'vitest';
import { ConfigError, type ConfigInput, readConfig } from '../config.ts';
import { codeLifetime, profileRules } from './profile-rules.ts';

const plain: ConfigInput = {
  issuer: 'https://auth.example',
  scopes: { read: { description: 'see your photos' } },
  resources: [{ identifier: 'https://photos.example', name: 'Photos', scopes: ['read'] }],
};

function faultsOf(over: Partial<ConfigInput>): readonly string[] {
  try {
    readConfig({ ...plain, ...over });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

const profiles = ['oauth2.1', 'fapi2', 'fapi2-message-signing'] as const;
const strict = ['fapi2', 'fapi2-message-signing'] as const;

test.each(profiles)('the profile %s needs nothing beside its name', (securityProfile) => {
  expect(faultsOf({ securityProfile })).toEqual([]);
});

test('of the profiles of server and client the stricter one holds', () => {
  for (const [i, server] of profiles.entries()) {
    for (const [j, client] of profiles.entries()) {
      const rules = profileRules({ securityProfile: server }, { securityProfile: client });
      expect(rules).toEqual({ fapi: Math.max(i, j) >= 1, signed: Math.max(i, j) >= 2 });
    }
    expect(profileRules({ securityProfile: server }, {})).toEqual({ fapi: i >= 1, signed: i >= 2 });
  }
});

test.each(strict)(
  'FP-041, FP-043: under %s nothing is signed with RS256 unless it is asked for, and then it is refused',
  (securityProfile) => {
    const { keys } = readConfig({ ...plain, securityProfile, keys: { rotateEvery: 90_000 } });
    expect(keys.algorithms).toEqual(['ES256', 'PS256', 'EdDSA']);
    expect(keys.rotateEvery).toBe(90_000);
    expect(readConfig(plain).keys.algorithms).toContain('RS256');
    expect(faultsOf({ securityProfile, keys: { algorithms: ['ES256', 'RS256'] } })).toEqual([
      `keys.algorithms: RS256 is not allowed under ${securityProfile}`,
    ]);
    expect(faultsOf({ securityProfile, keys: { algorithms: ['PS256'] } })).toEqual([]);
    const resources = [
      { identifier: 'https://photos.example', name: 'Photos', scopes: ['read'], algorithm: 'RS256' as const },
    ];
    expect(faultsOf({ securityProfile, resources })).toHaveLength(1);
  },
);

test.each(strict)(
  'FP-012, FP-015, FP-019, FP-026: settings that contradict %s are refused, each by name',
  (securityProfile) => {
    const contradictions: [Partial<ConfigInput>, string][] = [
      [{ features: { pushedRequests: false } }, 'features.pushedRequests: '],
      [{ features: { dpop: false } }, 'features: '],
      [{ features: { openid: false } }, 'features.openid: '],
      [{ lifetimes: { authorizationCode: 61 } }, 'lifetimes.authorizationCode: '],
      [{ registration: { mode: 'open' } }, 'registration.mode: '],
    ];
    for (const [over, start] of contradictions) {
      const faults = faultsOf({ securityProfile, ...over });
      expect(
        faults.filter((fault) => fault.startsWith(start)),
        start,
      ).toHaveLength(1);
      expect(faultsOf(over), start).toEqual([]);
    }
    const all = Object.assign({}, ...contradictions.map(([over]) => over), {
      features: { pushedRequests: false, dpop: false, openid: false },
    }) as Partial<ConfigInput>;
    expect(faultsOf({ securityProfile, ...all }).length).toBeGreaterThanOrEqual(5);
  },
);

test('FP-012: certificates bind as well as DPoP does', () => {
  expect(faultsOf({ securityProfile: 'fapi2', features: { dpop: false, mutualTls: true } })).toEqual([]);
});

test.each(['requestObjects', 'signedResponses', 'signedIntrospection'] as const)(
  'FP-050, FP-052, FP-053: message signing needs %s, and the security profile alone does not',
  (feature) => {
    const features = { [feature]: false };
    expect(faultsOf({ securityProfile: 'fapi2', features })).toEqual([]);
    expect(faultsOf({ securityProfile: 'fapi2-message-signing', features })).toEqual([
      expect.stringMatching(`^features\\.${feature}: fapi2-message-signing needs `),
    ]);
  },
);

test('AZ-110, AZ-128: demands that no request could meet are refused', () => {
  expect(faultsOf({ requests: { requirePushed: true }, features: { pushedRequests: false } })).toHaveLength(
    1,
  );
  expect(faultsOf({ requests: { requireSigned: true }, features: { requestObjects: false } })).toHaveLength(
    1,
  );
  const byReference = { requestObjects: false, requestUris: true };
  expect(faultsOf({ requests: { requireSigned: true }, features: byReference })).toEqual([]);
  expect(faultsOf({ requests: { requirePushed: true, requireSigned: true } })).toEqual([]);
});

test('FP-015: codes of a client under FAPI live for a minute at most, whatever those of others do', () => {
  const long = { securityProfile: 'oauth2.1', lifetimes: { authorizationCode: 600 } } as const;
  expect(codeLifetime(long, {})).toBe(600);
  expect(codeLifetime(long, { securityProfile: 'fapi2' })).toBe(60);
  expect(codeLifetime({ ...long, lifetimes: { authorizationCode: 30 } }, { securityProfile: 'fapi2' })).toBe(
    30,
  );
});

test('what is no configuration is told as that, whatever the profile is thought to be', () => {
  for (const input of [
    null,
    7,
    [],
    { securityProfile: 'fapi2', keys: 7 },
    { ...plain, securityProfile: 'fapi1' },
  ])
    expect(() => readConfig(input)).toThrow(ConfigError);
});
