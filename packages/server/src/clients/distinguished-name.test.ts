import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSameName, readDistinguishedName } from './distinguished-name.ts';

function same(a: string, b: string): boolean {
  const [one, other] = [readDistinguishedName(a), readDistinguishedName(b)];
  return one !== undefined && other !== undefined && isSameName(one, other);
}

test.each([
  ['blanks around separators', 'CN=client,O=Example', 'CN = client , O= Example '],
  ['the case of types', 'CN=client,DC=example', 'cn=client,dc=example'],
  ['a type as a number', 'CN=client,O=Example', '2.5.4.3=client,2.5.4.10=Example'],
  ['other names of a type', 'emailAddress=a@b.example,GN=Ada', 'E=a@b.example,givenName=Ada'],
  ['an escaped letter and an escaped byte', 'O=A\\, B', 'O=A\\2C B'],
  ['letters and bytes of UTF-8', 'O=Café', 'O=Caf\\C3\\A9'],
  ['a value in hexadecimal', 'CN=client', 'CN=#0c06636c69656e74'],
  ['the order inside a relative name', 'OU=Sales+CN=J. Smith,O=X', 'CN=J. Smith+OU=Sales,O=X'],
  ['a blank that is escaped at the end', 'CN=a\\ ,O=X', 'CN=a\\20 ,O=X'],
  ['an escaped backslash before an escaped blank', 'CN=a\\\\\\ ', 'CN=a\\5c\\20'],
])('two spellings of a name are one: %s', (_, a, b) => {
  expect(same(a, b)).toBe(true);
});

test.each([
  ['another value', 'CN=client', 'CN=clients'],
  ['the case of a value', 'CN=client', 'CN=Client'],
  ['another type', 'CN=client', 'OU=client'],
  ['the order of relative names', 'CN=client,O=Example', 'O=Example,CN=client'],
  ['one relative name more', 'CN=client', 'CN=client,O=Example'],
  ['two relative names or one of two', 'CN=a,O=b', 'CN=a+O=b'],
  ['a comma that is escaped or not', 'CN=a\\,O=b', 'CN=a,O=b'],
  ['a blank at the end that is escaped or not', 'CN=a\\ ', 'CN=a'],
])('names that differ are two: %s', (_, a, b) => {
  expect([same(a, a), same(b, b), same(a, b)]).toEqual([true, true, false]);
});

test.each([
  [''],
  ['client'],
  ['=client'],
  ['CN=a,'],
  ['CN=a,,O=b'],
  ['CN=a;'],
  ['CN=#zz'],
  ['CN=#0c05ab'],
  ['CN=\\ff'],
])('%j names nobody, or nobody else', (text) => {
  expect(same(text, 'CN=a')).toBe(false);
});

test('whatever a value holds, escaped it is itself and nothing else', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({ unit: 'binary' }),
      (value, other) => {
        const escaped = (text: string) => text.replaceAll(/[\\ ,+;"<>=#]/g, '\\$&');
        expect(same(`CN=${escaped(value)},O=X`, `CN=${escaped(value)},O=X`)).toBe(value.isWellFormed());
        expect(same(`CN=${escaped(value)},O=X`, `CN=${escaped(other)},O=X`)).toBe(
          value.isWellFormed() && value === other,
        );
      },
    ),
  );
});
