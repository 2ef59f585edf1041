import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JwtError, readCompact } from './index.ts';
import { part } from './signer.fixture.ts';

const good = `${part({ alg: 'ES256' })}.${part({ sub: 'ada' })}.${part('signature')}`;

function code(token: string): string {
  try {
    readCompact(token);
    return 'read';
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return error.code;
  }
}

const withHeader = (header: unknown) => good.replace(/^[^.]*/, part(header));

test('TN-006: a JWT is taken apart', () => {
  expect(readCompact(good)).toEqual({ token: good, header: { alg: 'ES256' }, claims: { sub: 'ada' } });
});

test.each([
  ['nothing', () => ''],
  ['one part', (token: string) => token.split('.')[0] ?? ''],
  ['two parts', (token: string) => token.split('.').slice(0, 2).join('.')],
  ['four parts', (token: string) => `${token}.x`],
  ['five parts, as a JWE has', (token: string) => `${token}.AA.AA`],
  ['no header', (token: string) => token.replace(/^[^.]*/, '')],
  ['no payload', (token: string) => token.replace(/\.[^.]*\./, '..')],
  ['no signature', (token: string) => token.replace(/[^.]*$/, '')],
  ['padding', (token: string) => `${token}==`],
  ['a plus sign', (token: string) => `${token}+AAA`],
  ['a slash', (token: string) => `${token}/AAA`],
  ['a blank', (token: string) => `${token} `],
  ['a line break', (token: string) => `${token}\n`],
  ['a blank inside', (token: string) => token.replace('.', ' .')],
  ['another token after a comma', (token: string) => `${token}, ${token}`],
  ['JSON serialization', () => JSON.stringify({ payload: 'e30', protected: 'e30', signature: 'AA' })],
  ['a letter that stands alone', (token: string) => token.replace(/[^.]*$/, 'AAAAA')],
  ['stray bits after one byte', (token: string) => token.replace(/[^.]*$/, 'AB')],
  ['stray bits after two bytes', (token: string) => token.replace(/[^.]*$/, 'AAB')],
  [
    'a header with stray bits',
    (token: string) => token.replace(/^[^.]*/, part('{"alg":"ES"} ').replace(/A$/, 'B')),
  ],
  ['a header that is a list', () => withHeader([])],
  ['a header that is a string', () => withHeader('"ES256"')],
  ['a header that is null', () => withHeader(null)],
  ['a header that is not UTF-8', (token: string) => token.replace(/^[^.]*/, '_w')],
  ['a header with a byte order mark', () => withHeader('\ufeff{"alg":"ES256"}')],
  ['a payload that is a list', (token: string) => token.replace(/\.[^.]*\./, `.${part([])}.`)],
  ['a payload that is text', (token: string) => token.replace(/\.[^.]*\./, `.${part('text')}.`)],
  ['a payload that is not UTF-8', (token: string) => token.replace(/\.[^.]*\./, '.eyJhIjoi_yJ9.')],
])('TN-006: a token with %s is refused', (_, spoil) => {
  expect(code(spoil(good))).toBe('malformed');
});

test.each([
  ['in the header', withHeader('{"alg":"ES256","alg":"ES256"}')],
  ['deep in the header', withHeader('{"alg":"ES256","jwk":{"kty":"EC","kty":"EC"}}')],
  ['in the claims', good.replace(/\.[^.]*\./, `.${part('{"sub":"eve","sub":"ada"}')}.`)],
  ['deep in the claims', good.replace(/\.[^.]*\./, `.${part('{"cnf":{"jkt":"a","jkt":"b"}}')}.`)],
])('TN-007: a member name twice %s is refused', (_, token) => {
  expect(code(token)).toBe('malformed');
});

test.each([
  ['an unknown crit', { crit: ['x'], x: 1 }],
  ['an empty crit', { crit: [] }],
  ['a crit that is no list', { crit: 'b64' }],
  ['a crit of null', { crit: null }],
  ['b64 false', { b64: false }],
  ['b64 false in crit', { b64: false, crit: ['b64'] }],
  ['b64 that is no boolean', { b64: 0 }],
])('TN-005: a header with %s is refused', (_, members) => {
  expect(code(withHeader({ alg: 'ES256', ...members }))).toBe('algorithm');
});

test('TN-005: b64 true changes nothing', () => {
  expect(code(withHeader({ alg: 'ES256', b64: true }))).toBe('read');
});

test.each(['none', 'None', 'NONE', 'nOnE', 1, null, undefined, ['ES256']])(
  'TN-001: the algorithm %s is refused',
  (alg) => {
    expect(code(withHeader({ alg }))).toBe('algorithm');
  },
);

test.each([
  [{ typ: 1 }, 'type'],
  [{ typ: null }, 'type'],
  [{ kid: 1 }, 'malformed'],
  [{ kid: ['a'] }, 'malformed'],
  [{ kid: null }, 'malformed'],
])('TN-006: the header member %o is refused', (members, fault) => {
  expect(code(withHeader({ alg: 'ES256', ...members }))).toBe(fault);
});

test('TN-018: 16 KiB are taken, a letter more is not, unless the caller says so', () => {
  const begin = `${part({ alg: 'ES256' })}.${part({})}.`;
  const longest = begin + 'A'.repeat(16 * 1024 - begin.length);
  expect(code(longest)).toBe('read');
  expect(code(`${longest}A`)).toBe('malformed');
  expect(readCompact(`${longest}A`, { longest: 20_000 }).claims).toEqual({});
  expect(() => readCompact(good, { longest: 10 })).toThrow('longer than allowed');
});

test('TN-006: any string is read, or refused with a JwtError', () => {
  const json = fc.oneof(fc.json(), fc.string(), fc.constantFrom('{"alg":"ES256"}', '{}', '{"alg":"none"}'));
  const shaped = fc.tuple(json, json, json).map((parts) => parts.map(part).join('.'));
  const cut = fc.tuple(shaped, fc.nat(), fc.string({ maxLength: 3 })).map(([token, at, insert]) => {
    const index = at % (token.length + 1);
    return token.slice(0, index) + insert + token.slice(index);
  });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), shaped, cut), (token) => {
      expect(['read', 'malformed', 'algorithm', 'type']).toContain(code(token));
    }),
    { numRuns: 3000 },
  );
});

test('TN-006: of all spellings of the same bytes one is taken', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 8 });
  const last = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
  fc.assert(
    fc.property(bytes, last, (signature, letter) => {
      const canonical = Buffer.from(signature).toString('base64url');
      const other = canonical.slice(0, -1) + letter;
      const decoded = Buffer.from(other, 'base64url').toString('base64url');
      expect(code(good.replace(/[^.]*$/, other))).toBe(decoded === other ? 'read' : 'malformed');
    }),
  );
});

test('TN-006: a refusal tells nothing of the token', () => {
  const secret = 'Zm9vYmFyc2VjcmV0';
  for (const token of [secret, `${secret}.${secret}.${secret}`, `${part('{"secret')}.a.b`]) {
    expect(() => readCompact(token)).toThrow(JwtError);
    try {
      readCompact(token);
    } catch (error) {
      expect(String(error)).not.toMatch(/secret|Zm9v/);
      expect((error as JwtError).cause).toBeUndefined();
    }
  }
});
