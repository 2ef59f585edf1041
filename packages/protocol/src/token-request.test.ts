import { expect, test } from 'vitest';
import { Parameters, readTokenQuery, readTokenRequest } from './index.ts';

test.each([
  ['TK-004', 'invalid_request', ''],
  ['TK-004', 'invalid_request', 'grant_type='],
  ['TK-004', 'invalid_request', 'grant_type=refresh_token'],
  ['TK-004', 'invalid_request', 'grant_type=refresh_token&refresh_token='],
  ['TK-050', 'invalid_request', 'grant_type=authorization_code'],
  ['TK-050', 'invalid_request', 'grant_type=authorization_code&code='],
  ['TK-005', 'unsupported_grant_type', 'grant_type=password&username=a&password=b'],
  ['TK-005', 'unsupported_grant_type', 'grant_type=Authorization_Code&code=a'],
  ['TK-005', 'unsupported_grant_type', 'grant_type=__proto__'],
  ['AZ-004', 'invalid_request', 'grant_type=authorization_code&code=a&code=a'],
  ['AZ-004', 'invalid_request', 'grant_type=authorization_code&code=a&foo=1&foo=2'],
  ['AZ-006', 'invalid_request', 'grant_type=authorization_code&code=a&foo=%zz'],
  ['AZ-030', 'invalid_scope', 'grant_type=refresh_token&refresh_token=a&scope=a++b'],
])('%s: refused with %s: %s', (requirement, code, body) => {
  expect(() => readTokenRequest(Parameters.read(body))).toThrow(
    expect.objectContaining({ code, reason: expect.objectContaining({ requirement }) }),
  );
});

test('TK-009, SB-032: no refusal repeats a code, a token or a password', () => {
  for (const body of [
    'grant_type=secret-1&code=secret-2',
    'grant_type=refresh_token&code=secret-2',
    'code=secret-2&code=secret-3',
  ]) {
    expect(() => readTokenRequest(Parameters.read(body))).toThrow(
      expect.objectContaining({ description: expect.not.stringContaining('secret') }),
    );
  }
});

test.each([
  ['token=a', { token: 'a' }],
  ['token=a&token_type_hint=refresh_token', { token: 'a', hint: 'refresh_token' }],
  ['token=a&token_type_hint=whatever', { token: 'a', hint: 'whatever' }],
  ['token=a&token_type_hint=', { token: 'a' }],
])('IR-001: %s asks about %j', (body, query) => {
  expect(readTokenQuery(Parameters.read(body))).toEqual(query);
});

test.each(['', 'token=', 'token_type_hint=access_token', 'token=a&token=b', 'token=%zz'])(
  'IR-001: %j asks about nothing',
  (body) => {
    expect(() => readTokenQuery(Parameters.read(body))).toThrow(
      expect.objectContaining({ name: 'OAuthError', code: 'invalid_request' }),
    );
  },
);
