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
  const [, id, secret] = /^(.*?):(.*)$/.exec(atob(encoded)) ?? [];
  const read = {
    method: 'client_secret_basic',
    clientId,
    decoded: { clientId, clientSecret },
    unencoded: { clientId: id, clientSecret: secret },
  };
  expect(readClientCredentials(`Basic ${encoded}`, none)).toEqual(read);
  expect(readClientCredentials(`bASIC  ${encoded}`, none)).toEqual(read);
});

test.each([
  ['another scheme', 'Bearer abc', 'invalid_client'],
  ['no base64', 'Basic %%%', 'invalid_client'],
  ['no colon', `Basic ${btoa('abc')}`, 'invalid_client'],
  ['an empty id', `Basic ${btoa(':secret')}`, 'invalid_client'],
  ['an empty secret', `Basic ${btoa('id:')}`, 'invalid_client'],
  ['bytes that are not UTF-8', `Basic ${btoa('id:\xff')}`, 'invalid_client'],
  ['control characters', `Basic ${btoa('id:a\nb')}`, 'invalid_client'],
])('TK-023: a header with %s proves nothing', (_, header, code) => {
  expect(() => readClientCredentials(header, none)).toThrow(
    expect.objectContaining({ name: 'OAuthError', code }),
  );
});

test.each([
  ['id:%zz', { clientId: 'id', clientSecret: '%zz' }],
  ['id:100%', { clientId: 'id', clientSecret: '100%' }],
  ['id:a:b', { clientId: 'id', clientSecret: 'a:b' }],
  ['id:£', { clientId: 'id', clientSecret: '£' }],
])('TK-024: the halves of "%s" are kept as they stand too, and never mixed up', (pair, unencoded) => {
  const header = `Basic ${Buffer.from(pair).toString('base64')}`;
  const read = readClientCredentials(header, none);
  expect(read).toMatchObject({ method: 'client_secret_basic', clientId: 'id', unencoded });
  expect('decoded' in read).toBe(pair === 'id:a:b');
});

const urn = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A JWT that nobody has signed. */
function jwt(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

function assertionBody(assertion: string, over: Record<string, string> = {}): Parameters {
  return Parameters.of(Object.entries({ client_assertion_type: urn, client_assertion: assertion, ...over }));
}

test.each([
  ['an Authorization header and a secret', writeBasic('a', 's'), { client_secret: 's' }],
  ['an Authorization header and an assertion', writeBasic('a', 's'), { client_assertion: 'x.y.z' }],
  [
    'an Authorization header and the type of an assertion',
    writeBasic('a', 's'),
    { client_assertion_type: urn },
  ],
  ['a secret and an assertion', undefined, { client_id: 'a', client_secret: 's', client_assertion: 'x.y.z' }],
])('TK-022: two methods at once are refused: %s', (_, header, body) => {
  const read = () => readClientCredentials(header, Parameters.of(Object.entries(body)));
  expect(read).toThrow(OAuthError);
  expect(read).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  expect(read).toThrow(/one way/);
});

test('TK-031: an assertion is read, with whom it claims to come from', () => {
  const assertion = jwt({ iss: 'a', sub: 'ünï' });
  const read = { method: 'assertion', assertion };
  expect(readClientCredentials(undefined, assertionBody(assertion))).toEqual({ ...read, clientId: 'ünï' });
  const named = assertionBody(assertion, { client_id: 'b' });
  expect(readClientCredentials(undefined, named)).toEqual({ ...read, clientId: 'b' });
  const byIssuer = jwt({ iss: 'a', sub: 7 });
  expect(readClientCredentials(undefined, assertionBody(byIssuer)).clientId).toBe('a');
});

test.each([
  ['another type', { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }],
  ['a type in capitals', { client_assertion_type: urn.toUpperCase() }],
  ['no type', { client_assertion_type: '' }],
  ['no assertion', { client_assertion: '' }],
  ['no JWT', { client_assertion: 'abc' }],
  ['an encrypted JWT', { client_assertion: 'a.b.c.d.e' }],
  ['a payload that is no JSON', { client_assertion: 'e30.bm90LWpzb24.c2ln' }],
  ['a payload that is no object', { client_assertion: jwt(null) }],
  ['a payload that names nobody', { client_assertion: jwt({ sub: '', iss: 1 }) }],
])('TK-031: an assertion with %s proves nothing', (_, over) => {
  const read = () => readClientCredentials(undefined, assertionBody(jwt({ sub: 'a' }), over));
  expect(read).toThrow(expect.objectContaining({ name: 'OAuthError', code: 'invalid_client' }));
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
