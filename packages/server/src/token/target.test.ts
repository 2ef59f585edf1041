import type { AuthorizationDetail } from '@valetkey/protocol';
import { aClient } from '@valetkey/store-contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aStage, issuer } from '../authority.fixture.ts';
import { type ConfigInput, readConfig } from '../config.ts';
import { canonicalDetail } from '../rich/canonical-detail.ts';
import { grantedTarget, narrowTarget, type Target } from './target.ts';

const photos = 'https://photos.example';
const mail = 'https://mail.example';
const described = { description: 'do something' };
const aType = { title: 'A matter', schema: { type: 'object' } };
const input: ConfigInput = {
  issuer,
  scopes: { read: described, write: described, mail: described, both: described, extra: described },
  resources: [
    { identifier: photos, name: 'Photos', scopes: ['read', 'write', 'both'] },
    { identifier: mail, name: 'Mail', scopes: ['mail', 'both'] },
  ],
  authorizationDetails: {
    print: { ...aType, resources: [photos] },
    send: { ...aType, resources: [mail] },
    note: aType,
  },
};
const config = readConfig(input);
const print: AuthorizationDetail = { type: 'print', pages: 3, paper: { size: 'A4', color: 'white' } };
const send: AuthorizationDetail = { type: 'send', to: 'ada' };
const note: AuthorizationDetail = { type: 'note' };

const granted: Target = { scopes: ['read', 'write', 'mail', 'extra'], resources: [photos, mail] };
const rich: Target = { ...granted, authorizationDetails: [print, send, note] };
const { scopes } = granted;

test('TK-077: without a resource the token is for the first that a scope belongs to, and carries what means something there', () => {
  expect(narrowTarget(config, granted, { scopes })).toEqual({
    resources: [photos],
    scopes: ['read', 'write', 'extra'],
  });
  expect(narrowTarget(config, granted, { scopes: ['mail', 'extra'] })).toEqual({
    resources: [mail],
    scopes: ['mail', 'extra'],
  });
  expect(narrowTarget(config, granted, { scopes: ['extra'] }).resources).toEqual([photos]);
});

test.each([
  [[photos], ['read', 'write', 'extra']],
  [[mail], ['mail', 'extra']],
  [
    [mail, photos],
    ['read', 'write', 'mail', 'extra'],
  ],
])('TK-077, TN-023, TN-024: for %j it carries %j', (resources, expected) => {
  expect(narrowTarget(config, granted, { scopes, resources })).toEqual({ resources, scopes: expected });
});

test.each([
  [['https://other.example'], 'invalid_target'],
  [[photos, 'https://other.example'], 'invalid_target'],
  [[`${photos}/`], 'invalid_target'],
])('TK-077: %j is not what was granted', (resources, code) => {
  expect(() => narrowTarget(config, granted, { scopes, resources })).toThrow(
    expect.objectContaining({ code }),
  );
});

test('TK-077: a resource that is known but was not granted is refused', () => {
  const one = { ...granted, resources: [photos] };
  expect(() => narrowTarget(config, one, { scopes, resources: [mail] })).toThrow(
    expect.objectContaining({ code: 'invalid_target' }),
  );
});

test('TK-077: a resource to which none of the scopes belongs is refused', () => {
  expect(() => narrowTarget(config, granted, { scopes: ['read'], resources: [mail] })).toThrow(
    expect.objectContaining({ code: 'invalid_scope' }),
  );
});

test('TN-028: of the details the token carries those that mean something at its resource', () => {
  expect(narrowTarget(config, rich, { scopes }).authorizationDetails).toEqual([print, note]);
  expect(narrowTarget(config, rich, { scopes, resources: [mail] }).authorizationDetails).toEqual([
    send,
    note,
  ]);
  const none = narrowTarget(
    config,
    { ...rich, authorizationDetails: [print] },
    { scopes, resources: [mail] },
  );
  expect(none.authorizationDetails).toEqual([]);
});

test('TK-078: details may be asked for one by one, and in whatever order their members come', () => {
  const turned = { paper: { color: 'white', size: 'A4' }, pages: 3, type: 'print' };
  expect(narrowTarget(config, rich, { scopes, authorizationDetails: [turned] }).authorizationDetails).toEqual(
    [print],
  );
});

test('TK-078: the token is for where the details that were named are good', () => {
  expect(narrowTarget(config, rich, { scopes, authorizationDetails: [send] })).toEqual({
    resources: [mail],
    scopes: ['mail', 'extra'],
    authorizationDetails: [send],
  });
});

test.each([
  ['another value', [{ ...print, pages: 4 }]],
  ['one member less', [{ type: 'print', pages: 3 }]],
  ['one member more', [{ ...send, cc: 'bob' }]],
  ['another type', [{ type: 'pay' }]],
  ['one that was granted, twice', [send, send]],
  ['one that was granted beside one that was not', [send, { type: 'send', to: 'bob' }]],
])('TK-078: %s is not within the grant', (_, authorizationDetails) => {
  expect(() => narrowTarget(config, rich, { scopes, authorizationDetails })).toThrow(
    expect.objectContaining({ code: 'invalid_authorization_details' }),
  );
});

test('TK-078: where no details were granted none can be asked for', () => {
  expect(() => narrowTarget(config, granted, { scopes, authorizationDetails: [note] })).toThrow(
    expect.objectContaining({ code: 'invalid_authorization_details' }),
  );
});

describe('details without a scope', () => {
  const bare: Target = { scopes: [], resources: [photos, mail], authorizationDetails: [send] };

  test('TN-028: the token is for where they are good', () => {
    expect(narrowTarget(config, bare, { scopes: [] })).toEqual({ ...bare, resources: [mail] });
  });

  test('TK-077: a resource to which none of them belongs is refused', () => {
    expect(() => narrowTarget(config, bare, { scopes: [], resources: [photos] })).toThrow(
      expect.objectContaining({ code: 'invalid_target' }),
    );
  });

  test('TK-077: they are enough where the scopes belong elsewhere', () => {
    const target = narrowTarget(
      config,
      { ...bare, scopes: ['read'] },
      { scopes: ['read'], resources: [mail] },
    );
    expect(target).toEqual({ scopes: [], resources: [mail], authorizationDetails: [send] });
  });
});

test('AZ-003: what is switched off is passed over in the token request too', () => {
  const { authorizationDetails: _, ...plain } = input;
  const off = readConfig({ ...plain, features: { resourceIndicators: false } });
  const asked = { scopes, resources: ['https://other.example'], authorizationDetails: [print] };
  expect(narrowTarget(off, granted, asked)).toEqual({
    resources: [photos],
    scopes: ['read', 'write', 'extra'],
  });
});

test('AZ-096: a type that was taken from the client, or from the server, is not in its next token', () => {
  const { authority } = aStage({ config: input });
  const client = aClient({ requests: { authorizationDetailsTypes: ['send', 'gone'] } });
  const before: Target = { ...granted, authorizationDetails: [print, send, { type: 'gone' }] };
  expect(grantedTarget(authority, client, before)).toEqual({ ...granted, authorizationDetails: [send] });
  expect(grantedTarget(authority, client, granted)).toEqual(granted);
});

test('TK-077, TK-078: whatever is asked, the token is never for more than was granted', () => {
  const details = [print, send, note, { ...send, to: 'bob' }, { type: 'pay' }];
  const someScopes = fc.subarray(Object.keys(input.scopes));
  const someResources = fc.subarray([photos, mail, 'https://other.example']);
  const someDetails = fc.array(fc.constantFrom(...details), { maxLength: 4 });
  const targets = fc.record(
    { scopes: someScopes, resources: someResources, authorizationDetails: someDetails },
    { requiredKeys: ['scopes', 'resources'] },
  );
  const requests = fc.record(
    {
      resources: fc.subarray([photos, mail, 'https://other.example'], { minLength: 1 }),
      authorizationDetails: someDetails,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(targets, fc.nat(7), requests, (had, mask, request) => {
      const permitted = had.scopes.filter((_, i) => (mask >> i) % 2 === 0);
      const given = attempt(() => narrowTarget(config, had, { ...request, scopes: permitted }));
      if (given === undefined) return;
      expect(permitted).toEqual(expect.arrayContaining([...given.scopes]));
      expect(had.resources).toEqual(expect.arrayContaining([...given.resources]));
      if (request.resources !== undefined) expect(given.resources).toEqual(request.resources);
      const left = (had.authorizationDetails ?? []).map(canonicalDetail);
      for (const detail of given.authorizationDetails ?? []) {
        const at = left.indexOf(canonicalDetail(detail));
        expect(at).not.toBe(-1);
        left.splice(at, 1);
      }
    }),
    { numRuns: 500 },
  );
});

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
