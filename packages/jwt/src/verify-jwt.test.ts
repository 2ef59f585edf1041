import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AudienceRule, type JwtExpectation, readCompact, verifyJwt } from './index.ts';
import { claims, expectation, NOW, outcome, part, signer, signWith } from './signer.fixture.ts';

const one = await signer();

/** What becomes of good claims with a change. */
async function judge(change: Record<string, unknown>, rules: Partial<JwtExpectation> = {}): Promise<string> {
  return outcome(verifyJwt(await one.sign(claims(change)), expectation(one, rules)));
}

async function judgeHeader(
  header: Record<string, unknown>,
  rules: Partial<JwtExpectation> = {},
): Promise<string> {
  return outcome(verifyJwt(await one.sign(claims(), header), expectation(one, rules)));
}

test('TN-017: a good token gives its claims, unknown ones among them', async () => {
  const token = await one.sign(claims({ unknown: [null, { a: 1 }] }));
  expect(await verifyJwt(token, expectation(one))).toEqual(claims({ unknown: [null, { a: 1 }] }));
  expect(await verifyJwt(readCompact(token), expectation(one))).toHaveProperty('unknown');
});

test('TN-001: an algorithm that is not on the list is refused, whatever the key', async () => {
  expect(await judge({}, { algorithms: ['RS256', 'EdDSA'] })).toBe('algorithm');
  expect(await judge({}, { algorithms: [] })).toBe('algorithm');
  expect(await judge({}, { algorithms: ['es256'] })).toBe('algorithm');
});

test.each(['none', 'None', 'NONE'])('TN-001: %s never passes, even if it were on the list', async (alg) => {
  const token = `${part({ typ: 'at+jwt', alg })}.${part(claims())}`;
  const rules = expectation(one, { algorithms: [alg, 'none', 'ES256'] });
  expect(await outcome(verifyJwt(`${token}.`, rules))).toBe('malformed');
  expect(await outcome(verifyJwt(`${token}.AAAA`, rules))).toBe('algorithm');
});

test('TN-019: EdDSA and Ed25519 are allowed separately', async () => {
  for (const alg of ['EdDSA', 'Ed25519']) {
    const edwards = await signer(alg);
    const token = await edwards.sign(claims());
    const other = alg === 'EdDSA' ? 'Ed25519' : 'EdDSA';
    expect(await outcome(verifyJwt(token, expectation(edwards, { algorithms: [alg] })))).toBe('taken');
    expect(await outcome(verifyJwt(token, expectation(edwards, { algorithms: [other] })))).toBe('algorithm');
  }
});

test('TN-003: a token turned from RS256 to HS256 is refused', async () => {
  const rsa = await signer('RS256');
  const secret = new TextEncoder().encode(JSON.stringify(rsa.jwk));
  const token = await signWith(secret, claims(), { alg: 'HS256', typ: 'at+jwt', kid: 'key-1' });
  for (const algorithms of [['RS256'], ['RS256', 'HS256']]) {
    expect(await outcome(verifyJwt(token, expectation(rsa, { algorithms })))).toBe('algorithm');
  }
});

test.each(['at+jwt', 'AT+JWT', 'at+JWT', 'application/at+jwt', 'Application/AT+jwt'])(
  'TN-015: the type %s is at+jwt',
  async (typ) => {
    expect(await judgeHeader({ typ })).toBe('taken');
    expect(await judgeHeader({ typ: 'at+jwt' }, { types: [typ] })).toBe('taken');
  },
);

test.each(['text/at+jwt', 'at+jwt;', ' at+jwt', 'at+jw', 'application/', '', 'a/application/at+jwt'])(
  'TN-015: the type %j is not',
  async (typ) => {
    expect(await judgeHeader({ typ })).toBe('type');
  },
);

test('TN-015: only letters of ASCII have a case', async () => {
  const types = ['token-introspection+jwt'];
  expect(await judgeHeader({ typ: 'to\u212aen-introspection+jwt' }, { types })).toBe('type');
});

const kinds = [
  'at+jwt',
  'JWT',
  'logout+jwt',
  'dpop+jwt',
  'oauth-authz-req+jwt',
  'client-authentication+jwt',
  'token-introspection+jwt',
];

test.each(kinds)('TN-014: where %s is expected every other kind is refused', async (expected) => {
  for (const typ of kinds) {
    for (const untyped of ['allowed', 'refused'] as const) {
      const rules = { types: [expected], untyped };
      expect(await judgeHeader({ typ }, rules)).toBe(typ === expected ? 'taken' : 'type');
    }
  }
});

test('TN-014: a token without type passes only where that is allowed', async () => {
  expect(await judgeHeader({ typ: undefined })).toBe('type');
  expect(await judgeHeader({ typ: undefined }, { untyped: 'allowed' })).toBe('taken');
});

test('TK-037: a client assertion may be of its own type, JWT, or none', async () => {
  const rules = { types: ['client-authentication+jwt', 'JWT'], untyped: 'allowed' } as const;
  for (const typ of [undefined, 'client-authentication+jwt', 'JWT', 'jwt']) {
    expect(await judgeHeader({ typ }, rules)).toBe('taken');
  }
  for (const typ of kinds.filter((kind) => !rules.types.some((type) => type === kind))) {
    expect(await judgeHeader({ typ }, rules)).toBe('type');
  }
});

test.each([
  'https://as.example/',
  'https://AS.example',
  'https://eve.example',
  undefined,
  ['https://as.example'],
  null,
  1,
])('TN-013: iss %j is refused, though the key is good', async (iss) => {
  expect(await judge({ iss }, { requires: [] })).toBe(
    typeof iss === 'string' || iss === undefined ? 'issuer' : 'claim',
  );
});

test.each([
  ['https://api.example', 'taken'],
  [['https://api.example'], 'taken'],
  [['https://other.example', 'https://api.example'], 'taken'],
  ['https://api.example/', 'audience'],
  ['https://API.example', 'audience'],
  ['https://api.example https://other.example', 'audience'],
  [[], 'audience'],
  [undefined, 'audience'],
  [null, 'audience'],
  [['https://api.example', 1], 'audience'],
  [[['https://api.example']], 'audience'],
  [{ 0: 'https://api.example' }, 'audience'],
])('TN-012: aud %j is %s', async (aud, expected) => {
  expect(await judge({ aud })).toBe(expected);
});

const own = 'https://as.example';
const old = 'https://as.example/token';

test.each<[AudienceRule, unknown, string]>([
  [{ accepted: [own], form: 'alone' }, own, 'taken'],
  [{ accepted: [own], form: 'alone' }, [own], 'taken'],
  [{ accepted: [own], form: 'alone' }, [own, 'https://eve.example'], 'audience'],
  [{ accepted: [own], form: 'alone' }, old, 'audience'],
  [{ accepted: [own], form: 'string' }, own, 'taken'],
  [{ accepted: [own], form: 'string' }, [own], 'audience'],
  [{ accepted: [own, old], form: 'alone' }, old, 'taken'],
  [{ accepted: [own, old], form: 'member' }, ['https://eve.example', old], 'taken'],
  [{ accepted: [], form: 'member' }, own, 'audience'],
])('TK-033: under %o aud %j is %s', async (audience, aud, expected) => {
  expect(await judge({ aud }, { audience })).toBe(expected);
});

test('TK-032: a client assertion is by the client about itself, has an end and a jti', async () => {
  const client = 's6BhdRkqt3';
  const rules = { issuer: client, subject: client, requires: ['iss', 'sub', 'exp', 'jti'] };
  const good = { iss: client, sub: client };
  expect(await judge({ ...good, iat: undefined }, rules)).toBe('taken');
  expect(await judge({ ...good, sub: 'eve' }, rules)).toBe('claim');
  expect(await judge({ ...good, iss: 'eve' }, rules)).toBe('issuer');
  expect(await judge({ ...good, exp: undefined }, rules)).toBe('claim');
  expect(await judge({ ...good, exp: NOW - 31 }, rules)).toBe('time');
  expect(await judge({ ...good, nbf: NOW + 61 }, rules)).toBe('time');
  expect(await judge({ ...good, iat: NOW + 61 }, rules)).toBe('time');
  for (const jti of [undefined, '', null, 1]) expect(await judge({ ...good, jti }, rules)).toBe('claim');
});

test('TK-034: an assertion under a secret verifies with the secret alone, and only where HMAC is expected', async () => {
  const secret = new TextEncoder().encode('a secret of the client, long enough for SHA-256');
  const token = await signWith(secret, claims(), { alg: 'HS256', typ: 'at+jwt' });
  const rules = { keys: { secret }, algorithms: ['HS256'] };
  expect(await outcome(verifyJwt(token, expectation(one, rules)))).toBe('taken');
  expect(await outcome(verifyJwt(token, expectation(one)))).toBe('algorithm');
  expect(await judge({}, rules)).toBe('algorithm');
  expect(await judge({}, { ...rules, algorithms: ['HS256', 'ES256'] })).toBe('algorithm');
});

test('TK-036: a life that is needlessly long is refused', async () => {
  expect(await judge({ exp: NOW + 3600 }, { longestLife: 300 })).toBe('time');
  expect(await judge({ iat: NOW - 3600 }, { oldest: 300 })).toBe('time');
});

test.each(['iss', 'sub', 'jti'])('TN-010: %s is a string wherever it is', async (name) => {
  for (const value of [1, null, ['a'], {}, true]) {
    expect(await judge({ [name]: value }, { requires: [] })).toBe('claim');
  }
});

test('TN-010: a time that is needed and absent is refused', async () => {
  for (const name of ['exp', 'iat']) expect(await judge({ [name]: undefined })).toBe('claim');
  expect(await judge({ exp: String(NOW + 300) })).toBe('time');
});

test('TN-017: what every object inherits is no claim', async () => {
  expect(await judge({}, { requires: ['constructor'] })).toBe('claim');
  expect(await judge({}, { requires: ['__proto__'] })).toBe('claim');
});

test('TN-016: a hostile kid finds no key and does no harm', async () => {
  for (const kid of ['../../x', "'; drop table keys; --", '__proto__', '\u0000', 'x'.repeat(5000)]) {
    expect(await judgeHeader({ kid })).toBe('key');
  }
});

test('TN-018: a token of more than 16 KiB is refused before it is verified', async () => {
  expect(await judge({ filler: 'x'.repeat(16 * 1024) })).toBe('malformed');
});

test('TN-006: duplicate members are refused, though the signature is good', async () => {
  const payload = JSON.stringify(claims()).replace('{', '{"sub":"eve",');
  expect(await outcome(verifyJwt(await one.sign(payload), expectation(one)))).toBe('malformed');
});

test('TN-013: the ID token of OpenID Connect Core Appendix A verifies within its life', async () => {
  const token =
    'eyJraWQiOiIxZTlnZGs3IiwiYWxnIjoiUlMyNTYifQ.ewogImlzcyI6ICJodHRwczovL3NlcnZlci5leGFtcGxlLmNvbSIsCiAic3ViIjogIjI0ODI4OTc2MTAwMSIsCiAiYXVkIjogInM2QmhkUmtxdDMiLAogIm5vbmNlIjogIm4tMFM2X1d6QTJNaiIsCiAiZXhwIjogMTMxMTI4MTk3MCwKICJpYXQiOiAxMzExMjgwOTcwLAogImNfaGFzaCI6ICJMRGt0S2RvUWFrM1BrMGNuWHhDbHRBIgp9.MRPihYtNIcwKTZ_mcMSPfreVytGR4jfl1Tzbv4tH5Jr4WqONs2lUWrIEpZ2joKbZfAGlouAqwqSYpfR3FQYKYvdgnZ3kjIJ_5M4fAARXHVSciGyhfqB-OhDUMXSHzFHiGKNY9TKSgRfiXf_314WRujpqaDtj2uoXbppobYXvAZIxWtsOein0-t91LDS39EW4frNWAopKTBBi_XJPlpLVynWTDvNleEBP6UxIMgYJBKlqsP7RGfHTGk3ReXDacR7RGZlIVGa-0qRyDzvNqD7xfu9aYufUP0oBGqdBGgFVNmwJ7rmB0gdPtC2eJsXq9svCgBBfhRQZxhx1iLJjNc9nSw';
  const jwk = {
    kty: 'RSA',
    kid: '1e9gdk7',
    e: 'AQAB',
    n: 'w7Zdfmece8iaB0kiTY8pCtiBtzbptJmP28nSWwtdjRu0f2GFpajvWE4VhfJAjEsOcwYzay7XGN0b-X84BfC8hmCTOj2b2eHT7NsZegFPKRUQzJ9wW8ipn_aDJWMGDuB1XyqT1E7DYqjUCEOD1b4FLpy_xPn6oV_TYOfQ9fZdbE5HGxJUzekuGcOKqOQ8M7wfYHhHHLxGpQVgL0apWuP2gDDOdTtpuld4D2LK1MZK99s9gaSjRHE8JDb1Z4IGhEcEyzkxswVdPndUWzfvWBBWXWxtSUvQGBRkuy1BHOa4sP6FKjWEeeF7gm7UMs2Nm2QUgNZw6xvEDGaLk4KASdIxRQ',
  };
  const rules: JwtExpectation = {
    types: ['JWT'],
    untyped: 'allowed',
    algorithms: ['RS256'],
    keys: { keys: [jwk] },
    requires: ['iss', 'sub', 'aud', 'exp', 'iat'],
    issuer: 'https://server.example.com',
    audience: 's6BhdRkqt3',
    now: 1311281000_000,
  };
  expect(await verifyJwt(token, rules)).toMatchObject({ sub: '248289761001', nonce: 'n-0S6_WzA2Mj' });
  expect(await outcome(verifyJwt(token, { ...rules, now: 1311282000_000 }))).toBe('time');
  expect(await outcome(verifyJwt(token, { ...rules, now: 1311280900_000 }))).toBe('time');
});

test('TN-001 to TN-012: whatever is signed is taken, or refused with a JwtError', async () => {
  const codes = [
    'taken',
    'malformed',
    'algorithm',
    'type',
    'key',
    'signature',
    'issuer',
    'audience',
    'time',
    'claim',
  ];
  const member = fc.oneof(
    fc.constantFrom(NOW, 'ada', 'https://as.example', 'https://api.example'),
    fc.jsonValue(),
  );
  const names = fc.constantFrom('iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'jti');
  const change = fc.dictionary(names, member, { maxKeys: 3 });
  const header = fc.dictionary(fc.constantFrom('typ', 'kid', 'jwk', 'x5c', 'cty'), member, { maxKeys: 1 });
  await fc.assert(
    fc.asyncProperty(change, header, async (changed, changedHeader) => {
      const token = await one.sign(claims(changed), changedHeader);
      expect(codes).toContain(await outcome(verifyJwt(token, expectation(one))));
    }),
    { numRuns: 300 },
  );
});

test('TN-006: a good token with one letter changed never passes', async () => {
  const token = await one.sign(claims());
  await fc.assert(
    fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...'ABab01-_.= ,'), async (index, letter) => {
      fc.pre(token[index] !== letter);
      const changed = token.slice(0, index) + letter + token.slice(index + 1);
      const result = await outcome(verifyJwt(changed, expectation(one)));
      expect(['malformed', 'algorithm', 'type', 'key', 'signature']).toContain(result);
    }),
    { numRuns: 300 },
  );
});
