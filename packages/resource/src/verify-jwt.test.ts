import { exportJWK, generateKeyPair, UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { createGuard } from './index.ts';
import { AUDIENCE, claims, fakeIssuer, NOW, signJwt } from './issuer.fixture.ts';
import { outcome, request, stage } from './stage.fixture.ts';

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

test('RS-010 RS-011 RS-012 RS-013 RS-014 RS-015 RS-016 RS-017 a good token gives access and says who acts for whom', async () => {
  const { guard, issuer } = await stage();
  const verdict = await guard.check(request(`Bearer ${await issuer.sign()}`), { scope: ['photos:read'] });
  expect(verdict).toMatchObject({
    granted: {
      issuer: 'https://as.example',
      subject: 'ada',
      clientId: 'print-shop',
      scope: ['photos:read'],
      expiresAt: (NOW + 600) * 1000,
      claims: { jti: 'token-1' },
    },
  });
});

test.each(['ES256', 'RS256', 'PS256', 'EdDSA'])('TN-019 RS-014 %s verifies', async (alg) => {
  const one = await stage();
  const key = await one.issuer.addKey('key-2', alg);
  expect((await outcome(one, await one.issuer.sign({}, { key }))).status).toBe(200);
});

test.each([
  ['one part', (token: string) => token.split('.')[0] ?? ''],
  ['two parts', (token: string) => token.split('.').slice(0, 2).join('.')],
  ['four parts', (token: string) => `${token}.x`],
  ['no signature', (token: string) => token.replace(/[^.]*$/, '')],
  ['padding', (token: string) => `${token}==`],
  ['a plus sign', (token: string) => `${token}+`],
  ['a header that is a list', (token: string) => token.replace(/^[^.]*/, encode([]))],
  ['a header that is not UTF-8', (token: string) => token.replace(/^[^.]*/, '_w')],
  ['a header with a byte order mark', (token: string) => token.replace(/^[^.]*/, encode('\ufeff{}'))],
])('RS-010 TN-006 a token with %s is refused', async (_, spoil) => {
  const one = await stage();
  expect(await outcome(one, spoil(await one.issuer.sign()))).toMatchObject({ status: 401, rule: 'RS-010' });
});

test('RS-010 TN-007 duplicate members in claims or header are refused, though the signature is good', async () => {
  const one = await stage();
  const { privateKey } = await one.issuer.addKey('key-2');
  const payload = JSON.stringify(claims(one.issuer.issuer)).replace('{', '{"sub":"eve",');
  const token = await signJwt(privateKey, { typ: 'at+jwt', kid: 'key-2' }, payload);
  expect(await outcome(one, token)).toMatchObject({ status: 401, rule: 'RS-010' });
  const header = encode('{"typ":"at+jwt","alg":"ES256","alg":"ES256","kid":"key-1"}');
  expect((await outcome(one, (await one.issuer.sign()).replace(/^[^.]*/, header))).rule).toBe('RS-010');
});

test.each(['at+jwt', 'AT+JWT', 'at+JWT', 'application/at+jwt', 'Application/AT+jwt'])(
  'RS-011 TN-015 the type %s is an access token',
  async (typ) => {
    const one = await stage();
    expect((await outcome(one, await one.issuer.sign({}, { header: { typ } }))).status).toBe(200);
  },
);

test.each([
  'JWT',
  undefined,
  'logout+jwt',
  'dpop+jwt',
  'oauth-authz-req+jwt',
  'client-authentication+jwt',
  'text/at+jwt',
  1,
])('RS-011 TN-014 the type %s is not', async (typ) => {
  const one = await stage();
  const token = await one.issuer.sign({}, { header: { typ } });
  expect(await outcome(one, token)).toMatchObject({ status: 401, rule: 'RS-011' });
});

test('RS-012 TN-001 none in any spelling, and what is not on the list, is refused', async () => {
  const one = await stage({ algorithms: ['ES256'] });
  const unsecured = new UnsecuredJWT(claims(one.issuer.issuer)).encode();
  for (const alg of ['none', 'None', 'NONE', 'HS256', 'RS256', 'constructor', '']) {
    const header = encode({ typ: 'at+jwt', alg, kid: 'key-1' });
    const token = `${unsecured.replace(/^[^.]*/, header)}abc`;
    expect(await outcome(one, token)).toMatchObject({ status: 401, rule: 'RS-012' });
  }
});

test('RS-012 TN-003 a public key used as HMAC secret is refused', async () => {
  const one = await stage();
  const key = {
    kid: 'key-1',
    alg: 'HS256',
    privateKey: new TextEncoder().encode(JSON.stringify(one.issuer.keys[0])),
  };
  const token = await one.issuer.sign({}, { key: key as never });
  expect(await outcome(one, token)).toMatchObject({ status: 401, rule: 'RS-012' });
});

test.each([
  ['an unknown extension', { crit: ['exp'], exp: 1 }],
  ['an empty crit', { crit: [] }],
  ['b64 false', { crit: ['b64'], b64: false }],
  ['b64 without crit', { b64: false }],
])('RS-012 TN-005 a header with %s is refused', async (_, members) => {
  const one = await stage();
  const header = encode({ typ: 'at+jwt', alg: 'ES256', kid: 'key-1', ...members });
  const token = (await one.issuer.sign()).replace(/^[^.]*/, header);
  expect(await outcome(one, token)).toMatchObject({ status: 401, rule: 'RS-012' });
});

test.each([
  'https://evil.example',
  'https://as.example/',
  'https://AS.example',
  undefined,
  ['https://as.example'],
  'constructor',
])('RS-013 TN-013 iss %s is refused before any key is fetched', async (iss) => {
  const one = await stage();
  expect(await outcome(one, await one.issuer.sign({ iss }))).toMatchObject({ status: 401, rule: 'RS-013' });
  expect(one.issuer.seen).toEqual([]);
});

test('RS-013 TN-013 of two issuers each one is judged by its own keys', async () => {
  const [a, b] = [await fakeIssuer('https://a.example'), await fakeIssuer('https://b.example')];
  const guard = createGuard({
    issuers: [{ issuer: a.issuer }, { issuer: b.issuer }],
    audience: AUDIENCE,
    clock: () => NOW * 1000,
    fetch: (asked) => (asked.url.startsWith(a.issuer) ? a : b).fetch(asked),
  });
  const check = async (token: string) => 'granted' in (await guard.check(request(`Bearer ${token}`)));
  expect([await check(await a.sign()), await check(await b.sign())]).toEqual([true, true]);
  expect(await check(await a.sign({ iss: b.issuer }))).toBe(false);
});

test.each([
  [
    'changed claims',
    (token: string) =>
      token.replace(/\.[^.]*\./, `.${encode({ ...claims('https://as.example'), sub: 'eve' })}.`),
  ],
  ['an all-zero signature', (token: string) => token.replace(/[^.]*$/, encode('\0'.repeat(64)))],
  ['a short signature', (token: string) => token.replace(/[^.]*$/, 'AAAA')],
  [
    'a signature in DER',
    (token: string) =>
      token.replace(
        /[^.]*$/,
        Buffer.from(`3046022100${'11'.repeat(32)}022100${'22'.repeat(32)}`, 'hex').toString('base64url'),
      ),
  ],
])('RS-014 TN-008 a token with %s is refused', async (_, spoil) => {
  const one = await stage();
  expect(await outcome(one, spoil(await one.issuer.sign()))).toMatchObject({ status: 401, rule: 'RS-014' });
});

test('RS-014 TN-004 a key that comes in the header counts for nothing', async () => {
  const one = await stage();
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { kid: 'key-1', alg: 'ES256', privateKey };
  const header = {
    jwk: await exportJWK(publicKey),
    jku: 'https://evil.example/jwks',
    x5u: 'https://evil.example/x5u',
  };
  expect(await outcome(one, await one.issuer.sign({}, { key, header }))).toMatchObject({
    status: 401,
    rule: 'RS-014',
  });
  expect(new Set(one.issuer.seen)).toEqual(new Set(['/.well-known/oauth-authorization-server', '/jwks']));
});

test.each([
  ['another', 'https://other.example'],
  ['a slash more', `${AUDIENCE}/`],
  ['none', undefined],
  ['a list without it', ['https://other.example']],
  ['a list with something else in it', [AUDIENCE, 7]],
  ['an object', { [AUDIENCE]: true }],
])('RS-015 TN-012 the audience %s is refused', async (_, aud) => {
  const one = await stage();
  expect(await outcome(one, await one.issuer.sign({ aud }))).toMatchObject({ status: 401, rule: 'RS-015' });
});

test('RS-015 TN-012 one of several audiences is enough', async () => {
  const one = await stage();
  expect(
    (await outcome(one, await one.issuer.sign({ aud: ['https://other.example', AUDIENCE] }))).status,
  ).toBe(200);
});

test.each([
  [{ exp: NOW - 29 }, 200],
  [{ exp: NOW - 30 }, 401],
  [{ exp: NOW - 29.5 }, 200],
  [{ exp: undefined }, 401],
  [{ exp: String(NOW + 600) }, 401],
  [{ exp: null }, 401],
  [{ nbf: NOW + 30 }, 200],
  [{ nbf: NOW + 31 }, 401],
  [{ nbf: String(NOW) }, 401],
  [{ iat: NOW + 10 }, 200],
  [{ iat: NOW + 61 }, 401],
])('RS-016 TN-010 TN-011 with 30 s leeway %j gives %i', async (change, status) => {
  const one = await stage();
  expect((await outcome(one, await one.issuer.sign(change))).status).toBe(status);
});

test('RS-016 TN-011 without leeway an iat 10 s ahead is still taken, an expired token is not', async () => {
  const one = await stage({ leeway: 0 });
  expect((await outcome(one, await one.issuer.sign({ iat: NOW + 10, exp: NOW + 1 }))).status).toBe(200);
  expect((await outcome(one, await one.issuer.sign({ iat: NOW + 11 }))).status).toBe(401);
  expect((await outcome(one, await one.issuer.sign({ exp: NOW }))).status).toBe(401);
});

test.each([
  ['sub', undefined],
  ['sub', ''],
  ['sub', 7],
  ['client_id', undefined],
  ['jti', undefined],
  ['jti', ['token-1']],
  ['iat', undefined],
  ['scope', ['photos:read']],
])('RS-017 %s as %j is refused', async (name, value) => {
  const one = await stage();
  expect(await outcome(one, await one.issuer.sign({ [name]: value }))).toMatchObject({
    status: 401,
    rule: 'RS-017',
  });
});

test.each([{ jkt: 'x' }, { 'x5t#S256': 'x' }, { unknown: 'x' }, {}, null, 'x'])(
  'RS-018 RS-051 a token bound by cnf %j is no bearer token',
  async (cnf) => {
    const one = await stage();
    expect(await outcome(one, await one.issuer.sign({ cnf }))).toMatchObject({ status: 401, rule: 'RS-018' });
  },
);

test('TN-017 unknown claims and header members are ignored', async () => {
  const one = await stage();
  const token = await one.issuer.sign({ groups: ['a'], __proto__: 1 }, { header: { x: 1 } });
  expect((await outcome(one, token)).status).toBe(200);
});

test('RS-006 SB-032 neither answers nor reasons hold anything of the token', async () => {
  const one = await stage();
  const token = await one.issuer.sign({ exp: 1, sub: 'a-very-secret-subject' });
  const verdict = await one.guard.check(request(`Bearer ${token}`));
  if ('granted' in verdict) throw new Error('granted');
  const said = JSON.stringify([one.reasons, [...verdict.refused.headers], await verdict.refused.text()]);
  for (const part of [...token.split('.'), 'a-very-secret-subject']) expect(said).not.toContain(part);
});
