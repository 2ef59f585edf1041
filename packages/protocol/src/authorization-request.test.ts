import { expect, test } from 'vitest';
import { OAuthError, Parameters, readAddressee, readAuthorizationRequest } from './index.ts';

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const good = {
  response_type: 'code',
  client_id: 'shop',
  code_challenge: challenge,
  code_challenge_method: 'S256',
};

function read(over: Record<string, string>) {
  return readAuthorizationRequest(Parameters.of(Object.entries({ ...good, ...over })));
}

test.each<[string, string, Record<string, string>]>([
  ['AZ-020', 'invalid_request', { response_type: '' }],
  ['AZ-010', 'invalid_request', { client_id: '' }],
  ['AZ-030', 'invalid_scope', { scope: 'a  b' }],
  ['AZ-043', 'invalid_request', { code_challenge_method: '' }],
  ['AZ-043', 'invalid_request', { code_challenge_method: 'plain' }],
  ['AZ-043', 'invalid_request', { code_challenge_method: 's256' }],
  ['AZ-043', 'invalid_request', { code_challenge_method: 'S512' }],
  ['AZ-044', 'invalid_request', { code_challenge: '' }],
  ['AZ-044', 'invalid_request', { code_challenge: challenge.slice(1) }],
  ['AZ-044', 'invalid_request', { code_challenge: `${challenge}=` }],
  ['AZ-044', 'invalid_request', { code_challenge: 'a'.repeat(128) }],
  ['AZ-053', 'invalid_request', { prompt: 'none login' }],
  ['AZ-053', 'invalid_request', { prompt: 'consent none' }],
  ['AZ-053', 'invalid_request', { prompt: 'none create' }],
])('%s: refused with %s: %j', (requirement, code, over) => {
  expect(() => read(over)).toThrow(
    expect.objectContaining({ code, reason: expect.objectContaining({ requirement }) }),
  );
});

test.each([
  ['none', ['none']],
  ['login consent', ['login', 'consent']],
  ['consent consent', ['consent']],
  ['  login  ', ['login']],
  ['create select_account', ['create', 'select_account']],
  ['Login', ['Login']],
  ['', []],
])('AZ-053, AZ-057: prompt=%j is %j', (prompt, values) => {
  expect(read({ prompt }).prompt).toEqual(values);
});

test('AZ-003: what it does not know and what is empty changes nothing', () => {
  expect(read({ foo: 'bar', state: '', scope: '', login_hint: '', nonce: '', resource: '' })).toEqual(
    read({}),
  );
});

test('AZ-006: names and values keep their case', () => {
  const shouted = Object.entries(good).map(([name, value]) => [name.toUpperCase(), value] as const);
  expect(() => readAuthorizationRequest(Parameters.of(shouted))).toThrow(OAuthError);
  expect(read({ response_type: 'Code' }).responseType).toBe('Code');
});

test('AZ-009: a state of many thousand letters is kept whole', () => {
  const state = 'x\u00e9\u{1f600} '.repeat(4000);
  expect(read({ state }).state).toBe(state);
});

test.each([
  'client_id=a&client_id=b',
  'client_id=a&client_id=a',
  'client_id=a&redirect_uri=b&redirect_uri=b',
  'client_id=%zz',
])('AZ-004, AZ-006: %s names nobody', (query) =>
  expect(() => readAddressee(Parameters.read(query))).toThrow(OAuthError),
);

test('AZ-010: who asks is read though everything else is wrong', () => {
  const query = 'client_id=a&redirect_uri=b&state=%zz&scope=x&scope=y';
  expect(readAddressee(Parameters.read(query))).toEqual({ clientId: 'a', redirectUri: 'b' });
});
