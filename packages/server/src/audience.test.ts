import type { AuthorizationDetail } from '@valetkey/protocol';
import { expect, test } from 'vitest';
import { audienceOf, isDetailFor, isScopeFor } from './audience.ts';
import { readConfig } from './config.ts';

const photos = 'https://photos.example';
const mail = 'https://mail.example';
const described = { description: 'do something' };
const aType = { title: 'A matter', schema: { type: 'object' } };
const config = readConfig({
  issuer: 'https://auth.example',
  scopes: { read: described, write: described, mail: described, extra: described },
  resources: [
    { identifier: photos, name: 'Photos', scopes: ['read', 'write'] },
    { identifier: mail, name: 'Mail', scopes: ['mail', 'read'] },
  ],
  authorizationDetails: {
    print: { ...aType, resources: [photos] },
    send: { ...aType, resources: [mail] },
    share: { ...aType, resources: [photos, mail] },
    note: aType,
  },
});

function of(...types: string[]): AuthorizationDetail[] {
  return types.map((type) => ({ type }));
}

test.each([
  [['write'], photos],
  [['read', 'write'], photos],
  [['read', 'mail'], mail],
  [['write', 'extra'], photos],
  [['extra'], photos],
  [['write', 'openid', 'profile'], photos],
  [['profile'], photos],
  [[], photos],
])('TN-024: scopes %j are for %s', (scopes, resource) => {
  expect(audienceOf(config, scopes)).toEqual([resource]);
});

test.each([[['openid']], [['openid', 'profile', 'offline_access']]])(
  'TN-024: scopes %j of OpenID Connect alone are for userinfo',
  (scopes) => {
    expect(audienceOf(config, scopes)).toEqual(['https://auth.example/userinfo']);
  },
);

test.each([[['write', 'mail']], [['read']], [['read', 'extra', 'openid']]])(
  'TN-025: scopes %j could mean more than one resource',
  (scopes) => {
    expect(() => audienceOf(config, scopes)).toThrow(expect.objectContaining({ code: 'invalid_scope' }));
  },
);

test.each([
  [[], ['send'], mail],
  [[], ['send', 'note'], mail],
  [[], ['send', 'share'], mail],
  [['openid'], ['send'], mail],
  [['read'], ['send'], mail],
  [['write'], ['share'], photos],
  [['mail'], ['note'], mail],
  [[], ['note'], photos],
  [['openid'], ['note'], photos],
])('TN-024, TN-028: scopes %j with details %j are for %s', (scopes, types, resource) => {
  expect(audienceOf(config, scopes, of(...types))).toEqual([resource]);
});

test.each([
  [[], ['print', 'send'], 'invalid_target'],
  [[], ['share'], 'invalid_target'],
  [['write'], ['send'], 'invalid_target'],
  [['write', 'mail'], ['send'], 'invalid_scope'],
  [['read'], ['note'], 'invalid_scope'],
])(
  'AZ-092, TN-025: scopes %j with details %j could mean more than one resource: %s',
  (scopes, types, code) => {
    expect(() => audienceOf(config, scopes, of(...types))).toThrow(expect.objectContaining({ code }));
  },
);

test('TN-023, TN-028: a scope or detail means something where it belongs, and everywhere if it belongs nowhere', () => {
  expect([isScopeFor(config, 'write', [photos]), isScopeFor(config, 'write', [mail])]).toEqual([true, false]);
  expect([isScopeFor(config, 'write', [mail, photos]), isScopeFor(config, 'write', [])]).toEqual([
    true,
    false,
  ]);
  expect(isScopeFor(config, 'openid', [mail])).toBe(true);
  expect([isDetailFor(config, 'send', [mail]), isDetailFor(config, 'send', [photos])]).toEqual([true, false]);
  expect(isDetailFor(config, 'note', [photos])).toBe(true);
});
