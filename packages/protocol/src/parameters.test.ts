import { expect, test } from 'vitest';
import { encodeFormValue, OAuthError, Parameters } from './index.ts';

function refusal(act: () => unknown): OAuthError {
  try {
    act();
  } catch (error) {
    if (error instanceof OAuthError) return error;
    throw error;
  }
  return expect.unreachable('nothing was refused');
}

test('AZ-003, TK-003: an empty value is no value', () => {
  const parameters = Parameters.read('scope=&state&code=x');
  expect(parameters.one('scope')).toBeUndefined();
  expect(parameters.one('state')).toBeUndefined();
  expect(parameters.has('scope')).toBe(false);
  expect(parameters.one('code')).toBe('x');
});

test('AZ-004: a repeated parameter is refused, resource is not', () => {
  const parameters = Parameters.read('a=1&a=2&resource=x&resource=y');
  expect(refusal(() => parameters.one('a'))).toMatchObject({
    code: 'invalid_request',
    reason: { requirement: 'AZ-004' },
  });
  expect(refusal(() => parameters.requireWellFormed()).reason.field).toBe('a');
  expect(() => Parameters.read('resource=x&resource=y').requireWellFormed()).not.toThrow();
});

test('AZ-006: plus is a blank, escapes are UTF-8, broken ones are refused under their name', () => {
  const parameters = Parameters.read('a=x+y%20z&b=%C3%BC&c=%zz&d=%FF');
  expect(parameters.one('a')).toBe('x y z');
  expect(parameters.one('b')).toBe('ü');
  for (const name of ['c', 'd'])
    expect(refusal(() => parameters.one(name)).reason.requirement).toBe('AZ-006');
  expect(refusal(() => parameters.requireWellFormed()).reason.field).toBe('c');
});

test('AZ-006: names and values keep their case', () => {
  const parameters = Parameters.read('State=A');
  expect(parameters.one('state')).toBeUndefined();
  expect(parameters.one('State')).toBe('A');
});

test('the form-encoding sample of RFC 6749 Appendix B', () => {
  expect(encodeFormValue(' %&+£€')).toBe('+%25%26%2B%C2%A3%E2%82%AC');
});

test.each(['%', '%2', '%zz', '%C3', '%C3%28', '%ED%A0%80', '%F5%80%80%80', '%C0%AF', '%u0041'])(
  'AZ-006: %s is no form-encoded UTF-8',
  (value) => {
    const parameters = Parameters.read(`a=${value}&b=1`);
    expect(refusal(() => parameters.one('a')).code).toBe('invalid_request');
    expect(parameters.one('b')).toBe('1');
    expect(refusal(() => Parameters.read(`${value}=a`).requireWellFormed()).code).toBe('invalid_request');
  },
);

test('a name that a stranger chose is told to the operator, not on the wire', () => {
  for (const text of ['Call+555+now=%zz', 'Call+555+now=1&Call+555+now=2', `${'x'.repeat(5000)}=%zz`]) {
    const { description, reason } = refusal(() => Parameters.read(text).requireWellFormed());
    expect(description).not.toMatch(/555|xxx/);
    expect(reason.field.length).toBeLessThan(300);
  }
});

test.each([
  ['a', [['a', '']]],
  ['a=b=c', [['a', 'b=c']]],
  ['=b', [['', 'b']]],
  ['&&a=1&', [['a', '1']]],
  ['a;b=1', [['a;b', '1']]],
  ['?a=1', [['?a', '1']]],
  ['a%3Db=c%26d', [['a=b', 'c&d']]],
  ['a=%00', [['a', '\0']]],
  ['a=\ud800', [['a', '\ud800']]],
  [
    'a[]=1&a[b]=2',
    [
      ['a[]', '1'],
      ['a[b]', '2'],
    ],
  ],
])('%j is the pairs %j', (text, pairs) => {
  expect(Parameters.read(text).pairs()).toEqual(pairs);
});

test('SB-024, SB-025: ten thousand parameters are read, and a repetition among them is found', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `p${i}=${i}`).join('&');
  const parameters = Parameters.read(many);
  parameters.requireWellFormed();
  expect(parameters.one('p9999')).toBe('9999');
  expect(refusal(() => Parameters.read(`${many}&p0=0`).requireWellFormed()).reason.field).toBe('p0');
  const same = Parameters.read('a=1&'.repeat(10_000));
  expect(refusal(() => same.one('a')).reason.got).toBe('10000 times');
});

test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
  'SB-025: %s is a name like any other',
  (name) => {
    expect(Parameters.read('').one(name)).toBeUndefined();
    expect(Parameters.read('').has(name)).toBe(false);
    const parameters = Parameters.of([[name, 'a']]);
    expect(parameters.one(name)).toBe('a');
    expect(parameters.pairs()).toEqual([[name, 'a']]);
    expect(refusal(() => Parameters.read(`${name}=1&${name}=2`).one(name)).code).toBe('invalid_request');
  },
);

test('a value with half a surrogate pair is written as the replacement character', () => {
  expect(encodeFormValue('a\ud800b')).toBe('a%EF%BF%BDb');
});
