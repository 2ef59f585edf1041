import { type ConfigInput, readConfig } from '@valetkey/server';
import { expect, test } from 'vitest';
import type { ClientAddOptions } from './client-add-options.ts';
import { clientFaults } from './client-faults.ts';
import { wireMetadataOf } from './wire-metadata.ts';

const usual = {
  name: 'Viewer',
  refresh: true,
  redirectUri: ['https://viewer.example/callback'],
  scope: ['openid', 'photos:read'],
};

function faultsOf(
  options: Partial<ClientAddOptions>,
  features: NonNullable<ConfigInput['features']> = {},
): string[] {
  const config = readConfig({
    issuer: 'https://auth.example',
    scopes: { 'photos:read': { description: 'see your photos' } },
    resources: [{ identifier: 'https://photos.example', name: 'Photos', scopes: ['photos:read'] }],
    features,
  });
  // `openid` is no scope where the feature is off.
  const scope = usual.scope.filter((name) => Object.hasOwn(config.scopes, name));
  const given = { ...usual, scope, ...options };
  return clientFaults({ options: given, wire: wireMetadataOf(given), config });
}

const uri = 'https://viewer.example/there';

test.each<[string, Partial<ClientAddOptions>, NonNullable<ConfigInput['features']>]>([
  ['--id-token-alg', { idTokenAlg: 'ES256' }, { openid: false }],
  ['--claims-in-id-token', { claimsInIdToken: true }, { openid: false }],
  ['--pairwise', { pairwise: true }, { openid: false }],
  ['--post-logout-redirect-uri', { postLogoutRedirectUri: [uri] }, { rpLogout: false }],
  ['--backchannel-logout-uri', { backchannelLogoutUri: uri }, { backChannelLogout: false }],
  ['--frontchannel-logout-uri', { frontchannelLogoutUri: uri }, { frontChannelLogout: false }],
  ['--require-par', { requirePar: true }, { pushedRequests: false }],
  ['--require-signed-request', { requireSignedRequest: true }, { requestObjects: false }],
  ['--binding dpop', { binding: 'dpop' }, { dpop: false }],
  ['certificates of clients', { binding: 'certificate' }, { mutualTls: false }],
])('%s is refused where the feature is off, and only there', (what, options, features) => {
  expect(faultsOf(options, features)).toEqual([
    expect.stringMatching(new RegExp(`^${what} needs? features\\.`)),
  ]);
  expect(faultsOf(options, { frontChannelLogout: true, mutualTls: true })).toEqual([]);
});

test.each<[string, Partial<ClientAddOptions>, Partial<ClientAddOptions>]>([
  ['without-pkce', { public: true }, {}],
  ['without-pkce', { scope: ['photos:read'] }, {}],
  ['token-endpoint-audience', {}, { authMethod: 'client_secret_jwt' }],
  ['unencoded-basic', { post: true }, {}],
])('--compat %s is refused where it would change nothing: %j', (name, idle, useful) => {
  const compat = [name] as ClientAddOptions['compat'] & {};
  expect(faultsOf({ ...idle, compat })).toEqual([expect.stringContaining(`--compat ${name} `)]);
  expect(faultsOf({ ...useful, compat })).toEqual([]);
});

test.each<[string, Partial<ClientAddOptions>]>([
  ['needs its public keys', { authMethod: 'private_key_jwt' }],
  ['--certificate-subject is for', { certificateSubject: { kind: 'san_dns', value: 'viewer.example' } }],
  ['needs a --certificate-subject', { authMethod: 'tls_client_auth' }],
  ['needs its --certificate', { authMethod: 'self_signed_tls_client_auth' }],
])('a method and what it proves are given together: it %s', (why, options) => {
  expect(faultsOf(options, { mutualTls: true })).toEqual([expect.stringContaining(why)]);
});

test.each<[string, Partial<ClientAddOptions>, NonNullable<ConfigInput['features']>]>([
  ['features.pushedRequests', {}, { pushedRequests: false }],
  ['features.dpop or features.mutualTls', {}, { dpop: false }],
  ['features.signedResponses', { profile: 'fapi2-message-signing' }, { signedResponses: false }],
  ['features.requestObjects', { profile: 'fapi2-message-signing' }, { requestObjects: false }],
  ['PS256, ES256 and EdDSA', { idTokenAlg: 'RS256' }, {}],
  ['public clients', { authMethod: 'none' }, {}],
])('a FAPI 2.0 client is refused for %s', (why, options, features) => {
  const fapi = { profile: 'fapi2', authMethod: 'private_key_jwt', jwksUri: uri } as const;
  expect(faultsOf({ ...fapi, ...options }, features)).toEqual([expect.stringContaining(why)]);
  expect(faultsOf(fapi)).toEqual([]);
});
