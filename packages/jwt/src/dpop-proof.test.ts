import fc from 'fast-check';
import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { accessTokenHash, checkDpopProof, type DpopExpectation, thumbprint } from './index.ts';
import { NOW, outcome, part, signer, signWith } from './signer.fixture.ts';

const one = await signer();
const publicJwk = { kty: one.jwk.kty, crv: one.jwk.crv, x: one.jwk.x, y: one.jwk.y };

const proofClaims = (change: Record<string, unknown> = {}) => ({
  jti: 'proof-1',
  htm: 'POST',
  htu: 'https://as.example/token',
  iat: NOW,
  ...change,
});

/** Signs a good proof, unless changed. */
function prove(change: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
  return one.sign(proofClaims(change), { typ: 'dpop+jwt', kid: undefined, jwk: publicJwk, ...header });
}

const expected = (change: Partial<DpopExpectation> = {}): DpopExpectation => ({
  method: 'POST',
  url: 'https://as.example/token',
  now: NOW * 1000,
  algorithms: ['ES256', 'RS256', 'EdDSA', 'Ed25519'],
  window: { back: 60, ahead: 10 },
  ...change,
});

const judge = async (proof: string | Promise<string>, change: Partial<DpopExpectation> = {}) =>
  outcome(checkDpopProof(await proof, expected(change)));

const rfcHeader =
  'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19';
const tokenProof = `${rfcHeader}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg`;
const resourceProof = `${rfcHeader}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA`;
const rfcJkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';

test('TN-072: the proof of RFC 9449 §5 for the token endpoint is good', async () => {
  const url = 'https://server.example.com/token';
  expect(await checkDpopProof(tokenProof, expected({ url, now: 1562262616_000 }))).toEqual({
    jkt: rfcJkt,
    jti: '-BwC3ESc6acc2lTc',
    iat: 1562262616,
    htu: url,
  });
});

test('TN-078: the proof of RFC 9449 §7.1 is good for its access token and its key alone', async () => {
  const rules = {
    method: 'GET',
    url: 'https://resource.example.org/protectedresource',
    now: 1562262618_000,
    accessToken: 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU',
    jkt: rfcJkt,
  };
  expect(await judge(resourceProof, rules)).toBe('taken');
  expect(await judge(resourceProof, { ...rules, accessToken: 'another' })).toBe('claim');
  expect(await judge(resourceProof, { ...rules, accessToken: '' })).toBe('claim');
  expect(await judge(resourceProof, { ...rules, jkt: await thumbprint(publicJwk) })).toBe('key');
});

test('TN-078: where an access token is presented, ath must be there', async () => {
  const ath = await accessTokenHash('token');
  expect(await judge(prove({ ath }), { accessToken: 'token' })).toBe('taken');
  expect(await judge(prove(), { accessToken: 'token' })).toBe('claim');
  expect(await judge(prove({ ath: [ath] }), { accessToken: 'token' })).toBe('claim');
  expect(await judge(prove({ ath: `${ath}=` }), { accessToken: 'token' })).toBe('claim');
});

test.each([
  ['a list of two', (proof: string) => `${proof}, ${proof}`],
  ['a list without a blank', (proof: string) => `${proof},${proof}`],
  ['an empty value', () => ''],
  ['a blank before it', (proof: string) => ` ${proof}`],
  ['a scheme before it', (proof: string) => `DPoP ${proof}`],
])('TN-070: %s is refused', async (_, spoil) => {
  expect(await judge(spoil(await prove()))).toBe('malformed');
});

test.each([
  'at+jwt',
  'JWT',
  'logout+jwt',
  'oauth-authz-req+jwt',
  'client-authentication+jwt',
  'token-introspection+jwt',
  undefined,
])('TN-014, TN-071: the type %s is no proof', async (typ) => {
  expect(await judge(prove({}, { typ }))).toBe('type');
});

test('TN-015, TN-071: the type may be written in capitals and whole', async () => {
  expect(await judge(prove({}, { typ: 'DPoP+JWT' }))).toBe('taken');
  expect(await judge(prove({}, { typ: 'application/dpop+jwt' }))).toBe('taken');
});

test('TN-071: an algorithm that is not on the list is refused', async () => {
  expect(await judge(prove(), { algorithms: ['ES384', 'RS256'] })).toBe('algorithm');
});

test.each(['none', 'None'])('TN-001, TN-071: %s is refused', async (alg) => {
  const proof = `${part({ typ: 'dpop+jwt', alg, jwk: publicJwk })}.${part(proofClaims())}.AAAA`;
  expect(await judge(proof, { algorithms: [alg] })).toBe('algorithm');
});

test('TN-071: a symmetric algorithm is refused, even if it were on the list', async () => {
  const secret = new Uint8Array(32).fill(1);
  for (const jwk of [
    { kty: 'oct', k: 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE' },
    { kty: 'oct' },
    publicJwk,
  ]) {
    const proof = await signWith(secret, proofClaims(), { typ: 'dpop+jwt', alg: 'HS256', jwk });
    expect(await judge(proof)).toBe('algorithm');
    expect(await judge(proof, { algorithms: ['HS256'] })).toBe('key');
  }
});

test.each([
  undefined,
  null,
  'key',
  1,
  [],
  {},
  { ...publicJwk, crv: 'P-384' },
  { ...publicJwk, y: undefined },
])('TN-071: %o is no key', async (jwk) => {
  expect(await judge(prove({}, { jwk }))).toBe('key');
});

test('TN-071: a private key is refused, and any private member', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const proof = await signWith(privateKey, proofClaims(), { typ: 'dpop+jwt', jwk });
  expect(await judge(proof)).toBe('key');
  for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) {
    expect(await judge(prove({}, { jwk: { ...publicJwk, [name]: 'AA' } }))).toBe('key');
  }
});

test('TN-072: a signature of another key is refused', async () => {
  const { kty, crv, x, y } = (await signer()).jwk;
  expect(await judge(prove({}, { jwk: { kty, crv, x, y } }))).toBe('signature');
});

test('TN-072: the key must suit the algorithm', async () => {
  const rsa = await signer('RS256');
  const edwards = await signer('EdDSA');
  const header = (jwk: object) => ({ typ: 'dpop+jwt', jwk });
  expect(await judge(prove({}, { jwk: rsa.jwk }))).toBe('key');
  expect(await judge(prove({}, { jwk: { ...publicJwk, alg: 'ES384' } }))).toBe('key');
  expect(await judge(prove({}, { jwk: { ...publicJwk, use: 'enc' } }))).toBe('key');
  expect(await judge(rsa.sign(proofClaims(), header(rsa.jwk)))).toBe('taken');
  expect(await judge(edwards.sign(proofClaims(), header(edwards.jwk)))).toBe('taken');
});

test('TN-072: a kid in the header or the key does not disturb', async () => {
  expect(await judge(prove({}, { kid: 'a' }))).toBe('taken');
  expect(await judge(prove({}, { kid: 'a', jwk: { ...publicJwk, kid: 'b' } }))).toBe('taken');
});

test.each(['post', 'GET', '', undefined, ['POST']])('TN-073: htm %j is not POST', async (htm) => {
  expect(await judge(prove({ htm }))).toBe('claim');
});

test.each([
  'https://as.example/token/',
  'https://as.example/Token',
  'http://as.example/token',
  'https://eve.example/token',
  'https://as.example',
  '/token',
  '',
  undefined,
  ['https://as.example/token'],
])('TN-073: htu %j is not the URL', async (htu) => {
  expect(await judge(prove({ htu }))).toBe('claim');
});

test('TN-073: two URLs that are none are not equal', async () => {
  expect(await judge(prove({ htu: '/token' }), { url: '/token' })).toBe('claim');
});

test.each([
  'HTTPS://AS.example:443/token',
  'https://as.example/a/../%74oken',
  'https://as.example/token?a=b#c',
])('TN-073, TN-074: htu %s is the URL, and is given in its one spelling', async (htu) => {
  const proof = await checkDpopProof(await prove({ htu }), expected({ url: 'https://as.example/token?x=y' }));
  expect(proof.htu).toBe('https://as.example/token');
});

test('TN-073: a place with two names may be called by either, and by no third', async () => {
  const alias = 'https://mtls.as.example/token';
  expect(await judge(prove(), { alias })).toBe('taken');
  expect(await judge(prove({ htu: 'https://MTLS.as.example:443/token' }), { alias })).toBe('taken');
  expect(await judge(prove({ htu: alias }))).toBe('claim');
  expect(await judge(prove({ htu: 'https://mtls.as.example/par' }), { alias })).toBe('claim');
});

test.each([
  [-60, 'taken'],
  [-60.1, 'time'],
  [0.5, 'taken'],
  [10, 'taken'],
  [10.1, 'time'],
  [3600, 'time'],
])('TN-075: iat %d s from now is %s', async (seconds, result) => {
  expect(await judge(prove({ iat: NOW + seconds }))).toBe(result);
});

test('TN-075: iat must be there and a number', async () => {
  expect(await judge(prove({ iat: undefined }))).toBe('claim');
  for (const iat of [String(NOW), null, true]) expect(await judge(prove({ iat }))).toBe('time');
});

test('TN-075: an end that has passed is honoured', async () => {
  expect(await judge(prove({ exp: NOW + 60 }))).toBe('taken');
  expect(await judge(prove({ exp: NOW - 60 }))).toBe('time');
});

test.each([undefined, '', 1, null, ['a']])('TN-076: jti %j is refused', async (jti) => {
  expect(await judge(prove({ jti }))).toBe('claim');
});

test('TN-077: a nonce that is demanded must be good; one that is not demanded is not looked at', async () => {
  const asked: (string | undefined)[] = [];
  const nonce = (value: string | undefined) => {
    asked.push(value);
    return value === 'fresh';
  };
  expect(await judge(prove({ nonce: 'fresh' }), { nonce })).toBe('taken');
  expect(await judge(prove({ nonce: 'stale' }), { nonce })).toBe('nonce');
  expect(await judge(prove(), { nonce })).toBe('nonce');
  expect(asked).toEqual(['fresh', 'stale', undefined]);
  expect(await judge(prove({ nonce: 'stale' }))).toBe('taken');
  expect(await judge(prove({ nonce: 1 }), { nonce: () => true })).toBe('claim');
});

test('TN-077: a nonce is asked for only when all else is good', async () => {
  const nonce = () => false;
  expect(await judge(prove({ htm: 'GET' }), { nonce })).toBe('claim');
  expect(await judge(prove({ iat: NOW - 3600 }), { nonce })).toBe('time');
  expect(await judge(prove({ jti: undefined }), { nonce })).toBe('claim');
  expect(await judge(prove(), { nonce, accessToken: 'token' })).toBe('claim');
  expect(await judge(prove(), { nonce, jkt: 'another' })).toBe('key');
});

test('TN-079: the proof gives the thumbprint of its key', async () => {
  const { jkt } = await checkDpopProof(
    await prove({}, { jwk: { ...publicJwk, kid: 'a', use: 'sig' } }),
    expected(),
  );
  expect(jkt).toBe(await thumbprint(publicJwk));
  expect(await judge(prove(), { jkt })).toBe('taken');
});

test('TN-070 to TN-078: whatever is signed is taken, or refused with a JwtError', async () => {
  const codes = ['taken', 'malformed', 'algorithm', 'type', 'key', 'signature', 'time', 'claim', 'nonce'];
  const claim = fc.dictionary(
    fc.constantFrom('jti', 'htm', 'htu', 'iat', 'exp', 'ath', 'nonce'),
    fc.jsonValue(),
  );
  const member = fc.dictionary(
    fc.constantFrom('kty', 'crv', 'x', 'y', 'n', 'e', 'alg', 'use'),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(claim, fc.oneof(member, fc.constant({})), async (claims, members) => {
      const proof = await prove(claims, { jwk: { ...publicJwk, ...members } });
      expect(codes).toContain(await judge(proof, { accessToken: 'token', nonce: () => false }));
    }),
    { numRuns: 300 },
  );
});

test('TN-070: any string is refused with a JwtError', async () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.json()).map((parts) => parts.map(part).join('.')),
  );
  await fc.assert(
    fc.asyncProperty(noise, async (text) => {
      expect(['malformed', 'algorithm', 'type']).toContain(await judge(text));
    }),
  );
});
