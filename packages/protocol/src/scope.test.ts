import { expect, test } from 'vitest';
import { isScopeToken, OAuthError, readScope, writeScope } from './index.ts';

test.each([
  ['photos:read', ['photos:read']],
  ['a b c', ['a', 'b', 'c']],
  ['b a b', ['b', 'a']],
  ['Read read', ['Read', 'read']],
  ["!#$%&'()*+,-./[]^_`{|}~", ["!#$%&'()*+,-./[]^_`{|}~"]],
  ['https://api.example/read', ['https://api.example/read']],
  ['__proto__ constructor', ['__proto__', 'constructor']],
])('AZ-030: %j is the scopes %j', (text, scopes) => {
  expect(readScope(text)).toEqual(scopes);
});

test.each([
  '',
  ' ',
  ' a',
  'a ',
  'a  b',
  'a\tb',
  'a\nb',
  'a\r\nb',
  'a\u00a0b',
  'a"b',
  'a\\b',
  'caf\u00e9',
  '\u{1f600}',
  '\ud800',
  'a\0',
  'a\u007f',
])('AZ-030: %j is no list of scope tokens', (text) => {
  expect(() => readScope(text)).toThrow(
    expect.objectContaining({ name: 'OAuthError', code: 'invalid_scope' }),
  );
});

test('AZ-030: a scope token is any printable ASCII but the blank, the quotation mark and the backslash', () => {
  const all = Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code));
  const taken = all.filter(isScopeToken).map((letter) => letter.charCodeAt(0));
  const expected = Array.from({ length: 0x5e }, (_, i) => 0x21 + i).filter(
    (code) => code !== 0x22 && code !== 0x5c,
  );
  expect(taken).toEqual(expected);
});

test('a long list is read as it is, and shown to the operator in part only', () => {
  const scopes = Array.from({ length: 10_000 }, (_, i) => `s${i}`);
  expect(readScope(writeScope(scopes))).toEqual(scopes);
  try {
    readScope(`${writeScope(scopes)} `);
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    expect(error.reason.got.length).toBeLessThan(300);
  }
});
