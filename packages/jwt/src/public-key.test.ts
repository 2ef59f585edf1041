import { base64url, exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { type Jwk, publicKeyFault } from './index.ts';
import { signer } from './signer.fixture.ts';

const ec = (await signer('ES256')).jwk;
const rsa = (await signer('RS256')).jwk;
const ed25519 = (await signer('EdDSA')).jwk;

const bytes = (length: number, first = 0xff) => {
  const value = new Uint8Array(length).fill(0xff);
  value[0] = first;
  return base64url.encode(value);
};

test.each(['RS256', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
  'TN-009: a new key of %s is good',
  async (alg) => {
    expect(publicKeyFault((await signer(alg)).jwk)).toBeUndefined();
  },
);

test.each([
  ['1024 bits', bytes(128), false],
  ['2047 bits', bytes(256, 0x7f), false],
  ['2047 bits after zeros', base64url.encode(new Uint8Array([0, 0, 0x7f, ...new Uint8Array(255)])), false],
  ['2048 bits', bytes(256), true],
  ['8192 bits', bytes(1024), true],
  ['8193 bits', bytes(1025, 1), false],
  ['no bits', 'AA', false],
])('TN-009: an RSA key of %s', (_, n, good) => {
  expect(publicKeyFault({ ...rsa, n })).toBe(good ? undefined : 'n does not have 2048 to 8192 bits');
});

test.each([
  ['one', 'AQ'],
  ['zero', 'AA'],
  ['two', 'Ag'],
  ['65536', 'AQAA'],
  ['longer than 64 bits', bytes(9)],
  ['missing', undefined],
  ['a number', 65537],
])('TN-009: an RSA key whose exponent is %s is refused', (_, e) => {
  expect(publicKeyFault({ ...rsa, e })).toBe('e is not an exponent');
});

test('TN-009: the exponents 3 and 65537 are taken', () => {
  expect(publicKeyFault({ ...rsa, e: 'Aw' })).toBeUndefined();
  expect(publicKeyFault({ ...rsa, e: 'AQAB' })).toBeUndefined();
});

test.each<[string, Jwk]>([
  ['of an unknown curve', { ...ec, crv: 'secp256k1' }],
  ['of another curve', { ...ec, crv: 'P-521' }],
  ['without y', { ...ec, y: undefined }],
  ['with a short x', { ...ec, x: bytes(31) }],
  ['with padding', { ...ec, x: `${ec.x}=` }],
  ['of X25519', { ...ed25519, crv: 'X25519' }],
  ['of Ed448', { ...ed25519, crv: 'Ed448' }],
  ['with a short x on Ed25519', { ...ed25519, x: bytes(31) }],
  ['of no type', { ...ec, kty: undefined }],
  ['of the type oct', { kty: 'oct' }],
])('TN-009: a key %s is refused', (_, jwk) => {
  expect(publicKeyFault(jwk)).toEqual(expect.any(String));
});

test.each(['ES256', 'RS256', 'EdDSA'])('TN-071: a private key of %s is refused', async (alg) => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  expect(publicKeyFault(await exportJWK(privateKey))).toBe('it has private members');
});

test.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])(
  'TN-071: the member %s alone is too much',
  (name) => {
    expect(publicKeyFault({ ...ec, [name]: '' })).toBe('it has private members');
  },
);

test.each([null, undefined, 1, 'key', []])('TN-071: %s is no key', (jwk) => {
  expect(publicKeyFault(jwk as Jwk)).toEqual(expect.any(String));
});
