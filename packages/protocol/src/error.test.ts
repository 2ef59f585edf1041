import { expect, test } from 'vitest';
import { concealed, OAuthError, safeErrorText, shown } from './index.ts';

test('AZ-085, TK-009: each letter outside the alphabet of error texts is replaced, each inside is kept', () => {
  for (let code = 0; code < 0x300; code += 1) {
    const letter = String.fromCharCode(code);
    const allowed =
      (code >= 0x20 && code <= 0x21) || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e);
    const safe = safeErrorText(letter);
    if (allowed) expect(safe).toBe(letter);
    else expect(safe).toMatch(/^['?]$/);
  }
});

test.each([
  ['a "quoted" \\ text', "a 'quoted' ' text"],
  ['line\r\nSet-Cookie: x', 'line??Set-Cookie: x'],
  ['caf\u00e9 \u{1f600}\0', 'caf? ???'],
])('AZ-085, TK-009: %j is told as %j', (text, safe) => expect(safeErrorText(text)).toBe(safe));

test('the wire sees code and description, the operator the reason', () => {
  const reason = { field: 'scope', expected: 'a', got: 'b', requirement: 'AZ-030' };
  const error = new OAuthError('invalid_scope', 'The scope is malformed.', reason);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'OAuthError',
    code: 'invalid_scope',
    description: 'The scope is malformed.',
    reason,
  });
  expect(error.message).not.toMatch(/AZ-030/);
});

test('SB-032: a value is shown in part, a secret not at all', () => {
  expect(shown(undefined)).toBe('absent');
  expect(shown('short')).toBe('short');
  expect(shown('x'.repeat(10_000))).toMatch(/^x{200}\.\.\. \(10000 characters\)$/);
  expect(concealed(undefined)).toBe('absent');
  expect(concealed('hunter2')).toBe('present, 7 characters');
});
