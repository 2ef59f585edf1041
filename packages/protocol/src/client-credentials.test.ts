import { expect, test } from 'vitest';
import { OAuthError, Parameters, readClientCredentials, writeBasic } from './index.ts';

const vectors = [
  ['s6BhdRkqt3', 'gX1fBat3bV', 'czZCaGRSa3F0MzpnWDFmQmF0M2JW'],
  ['s6BhdRkqt3', '7Fjfp0ZBr1KtDRbnfVdmIw', 'czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3'],
  ['client id', 'p@ss:w+rd/%', 'Y2xpZW50K2lkOnAlNDBzcyUzQXclMkJyZCUyRiUyNQ=='],
  [
    'https://client.example.com/id',
    'a b&c=d',
    'aHR0cHMlM0ElMkYlMkZjbGllbnQuZXhhbXBsZS5jb20lMkZpZDphK2IlMjZjJTNEZA==',
  ],
  ['ünï', '£€', 'JUMzJUJDbiVDMyVBRjolQzIlQTMlRTIlODIlQUM='],
] as const;

const none = Parameters.of([]);

test.each(vectors)('TK-023, CL-031: Basic credentials of %s', (clientId, clientSecret, encoded) => {
  expect(writeBasic(clientId, clientSecret)).toBe(`Basic ${encoded}`);
  const read = { method: 'client_secret_basic', clientId, clientSecret };
  expect(readClientCredentials(`Basic ${encoded}`, none)).toEqual(read);
  expect(readClientCredentials(`bASIC  ${encoded}`, none)).toEqual(read);
});

test.each([
  ['another scheme', 'Bearer abc', 'invalid_client'],
  ['no base64', 'Basic %%%', 'invalid_client'],
  ['no colon', `Basic ${btoa('abc')}`, 'invalid_client'],
  ['an empty id', `Basic ${btoa(':secret')}`, 'invalid_client'],
  ['an empty secret', `Basic ${btoa('id:')}`, 'invalid_client'],
  ['a broken escape', `Basic ${btoa('id:%zz')}`, 'invalid_client'],
  ['control characters', `Basic ${btoa('id:a\nb')}`, 'invalid_client'],
])('TK-023: a header with %s proves nothing', (_, header, code) => {
  expect(() => readClientCredentials(header, none)).toThrow(
    expect.objectContaining({ name: 'OAuthError', code }),
  );
});

test('TK-022: two methods at once are refused', () => {
  const body = Parameters.of([['client_secret', 's']]);
  const read = () => readClientCredentials(writeBasic('a', 's'), body);
  expect(read).toThrow(OAuthError);
  expect(read).toThrow(/one way/);
});

test('TK-028: the body may repeat the client of the header, not name another', () => {
  expect(readClientCredentials(writeBasic('a', 's'), Parameters.of([['client_id', 'a']])).clientId).toBe('a');
  expect(() => readClientCredentials(writeBasic('a', 's'), Parameters.of([['client_id', 'b']]))).toThrow(
    /differs/,
  );
});

test('TK-025, TK-026: the body alone', () => {
  const pairs = [
    ['client_id', 'a'],
    ['client_secret', 's'],
  ] as const;
  expect(readClientCredentials(undefined, Parameters.of(pairs))).toEqual({
    method: 'client_secret_post',
    clientId: 'a',
    clientSecret: 's',
  });
  expect(readClientCredentials(undefined, Parameters.of([['client_id', 'a']]))).toEqual({
    method: 'none',
    clientId: 'a',
  });
  expect(() => readClientCredentials(undefined, none)).toThrow(/names no client/);
});
