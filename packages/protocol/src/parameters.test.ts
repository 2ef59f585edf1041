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
