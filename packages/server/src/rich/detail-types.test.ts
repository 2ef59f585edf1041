import { describe, expect, test } from 'vitest';
import { issuer, photos } from '../authority.fixture.ts';
import { ConfigError, readConfig } from '../config.ts';
import { DetailTypes } from './detail-types.ts';

type Schema = Record<string, unknown>;

function typesOf(schemas: Record<string, Schema>): DetailTypes {
  const entries = Object.entries(schemas).map(([type, schema]) => [type, { title: 'T', schema, labels: {} }]);
  return new DetailTypes(Object.fromEntries(entries));
}

function judge(schema: Schema, detail: Record<string, unknown>): string | undefined {
  return typesOf({ payment: schema }).faultOf({ type: 'payment', ...detail });
}

const payment: Schema = {
  type: 'object',
  required: ['amount', 'creditor'],
  properties: {
    amount: {
      type: 'object',
      required: ['value', 'currency'],
      properties: { value: { type: 'string', pattern: '^[0-9]+$' }, currency: { enum: ['EUR', 'USD'] } },
    },
    creditor: { $ref: '#/$defs/party' },
    due: { type: 'string', format: 'date' },
    lines: { type: 'array', items: { type: 'object', properties: { text: { type: 'string' } } } },
  },
  $defs: {
    party: {
      type: 'object',
      properties: { name: { type: 'string' }, home: { type: 'object', properties: { town: {} } } },
    },
  },
};
const amount = { value: '10', currency: 'EUR' };
const good = { amount, creditor: { name: 'Ada' } };

test.each([
  ['all that is needed', good],
  [
    'all there is',
    { ...good, due: '2026-02-28', lines: [{ text: 'a' }, {}], creditor: { home: { town: 1 } } },
  ],
])('AZ-096: %s fits', (_, detail) => {
  expect(judge(payment, detail)).toBeUndefined();
});

test.each([
  ['an unknown member', { ...good, extra: 1 }],
  ['an unknown member within', { ...good, amount: { ...amount, fee: '1' } }],
  ['an unknown member of what is referred to', { ...good, creditor: { name: 'Ada', iban: 'X' } }],
  ['an unknown member deep in a definition', { ...good, creditor: { home: { town: '', street: '' } } }],
  ['an unknown member in a list', { ...good, lines: [{ text: 'a' }, { note: 'b' }] }],
  ['a missing member', { amount }],
  ['a missing member within', { ...good, amount: { value: '10' } }],
  ['a wrong type', { ...good, amount: 'ten' }],
  ['a wrong type where a list is wanted', { ...good, lines: { text: 'a' } }],
  ['null', { ...good, creditor: null }],
  ['a value outside an enumeration', { ...good, amount: { ...amount, currency: 'eur' } }],
  ['a value that misses a pattern', { ...good, amount: { ...amount, value: '-1' } }],
  ['a day that is none', { ...good, due: '2026-02-30' }],
  ['the name of an inherited member', { ...good, constructor: 1 }],
])('AZ-096: %s is refused', (_, detail) => {
  expect(judge(payment, detail)).toEqual(expect.any(String));
});

test('AZ-096: a member named __proto__ is a member like any other', () => {
  const detail = JSON.parse(`{"type":"payment","__proto__":{"amount":1}}`);
  expect(typesOf({ payment: { properties: {} } }).faultOf(detail)).toEqual(expect.any(String));
  expect(judge({ required: ['toString'] }, {})).toEqual(expect.any(String));
});

test('AZ-096: what is found wrong is told without a value of the request', () => {
  const secret = 'private-value';
  for (const detail of [
    { ...good, due: secret },
    { ...good, amount: secret },
    { ...good, creditor: { name: 1, x: secret } },
  ])
    expect(judge(payment, detail)).not.toContain(secret);
});

describe('AZ-096: where the schema itself says what becomes of other members, it is so', () => {
  test.each<[string, Schema, Record<string, unknown>, boolean]>([
    ['additionalProperties: true', { additionalProperties: true }, { more: 1 }, true],
    ['additionalProperties: a schema', { additionalProperties: { type: 'number' } }, { more: 'x' }, false],
    ['additionalProperties: false', { additionalProperties: false }, {}, true],
    ['unevaluatedProperties: true', { unevaluatedProperties: true }, { more: 1 }, true],
    ['a free map within', { properties: { map: { additionalProperties: true } } }, { map: { a: 1 } }, true],
    ['nothing, at the top', {}, { more: 1 }, false],
    [
      'members named in branches',
      { oneOf: [{ properties: { a: {} }, required: ['a'] }, { required: ['b'] }] },
      { a: 1 },
      true,
    ],
    ['members named in no branch', { oneOf: [{ properties: { a: {} } }] }, { b: 1 }, false],
    [
      'members named within a branch',
      { allOf: [{ properties: { a: { properties: { b: {} } } } }] },
      { a: { c: 1 } },
      false,
    ],
    [
      'the question of a condition',
      {
        properties: { a: { additionalProperties: true } },
        if: { properties: { a: { properties: {} } } },
        else: false,
      },
      { a: { b: 1 } },
      true,
    ],
  ])('%s', (_, schema, detail, fits) => {
    expect(judge(schema, detail) === undefined).toBe(fits);
  });
});

test('AZ-096: a type that is not configured is unknown, also one named like an inherited member', () => {
  const types = typesOf({ payment: {} });
  for (const type of ['Payment', 'constructor', '__proto__', ''])
    expect(types.faultOf({ type })).toBe('its type is unknown');
});

test('two types may bear the same $id', () => {
  const types = typesOf({
    a: { $id: 'https://schemas.example/x' },
    b: { $id: 'https://schemas.example/x', properties: { c: {} } },
  });
  expect([types.faultOf({ type: 'a', c: 1 }) === undefined, types.faultOf({ type: 'b', c: 1 })]).toEqual([
    false,
    undefined,
  ]);
});

test('AZ-096: a schema that cannot be relied on is a fault of the configuration, with all others', () => {
  const broken: Record<string, Schema> = {
    misspelt: { propertys: {} },
    wrong: { type: 'text' },
    elsewhere: { $ref: 'https://schemas.example/payment' },
    unlooked: { properties: { a: { type: 'string', format: 'iban' } } },
    later: { $async: true },
    pattern: { properties: { a: { type: 'string', pattern: '(' } } },
  };
  const faults = faultsOf({
    ...Object.fromEntries(Object.entries(broken).map(([type, schema]) => [type, { title: 'T', schema }])),
    fine: { title: 'T', schema: payment, resources: [photos, 'https://other.example'] },
  });
  expect(faults.map((fault) => fault.split(':')[0])).toEqual([
    ...Object.keys(broken).map((type) => `authorizationDetails.${type}.schema`),
    'authorizationDetails.fine.resources',
  ]);
});

function faultsOf(authorizationDetails: unknown): readonly string[] {
  try {
    readConfig({
      issuer,
      scopes: { read: { description: 'read' } },
      resources: [{ identifier: photos, name: 'Photos', scopes: ['read'] }],
      authorizationDetails,
    });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
