import { expect, test } from 'vitest';
import { chooseKeys, type Jwk } from './index.ts';
import { signer } from './signer.fixture.ts';

const one = (await signer('ES256', 'a')).jwk;
const other = (await signer('ES256', 'b')).jwk;
const rsa = (await signer('RS256', 'r')).jwk;
const ed25519 = (await signer('Ed25519', 'e')).jwk;

/** Without a member that was there. */
function without(jwk: Jwk, name: keyof Jwk): Jwk {
  const { [name]: _, ...rest } = jwk;
  return rest;
}

test('MD-026: the key of the kid is chosen', () => {
  expect(chooseKeys([rsa, one, other, ed25519], { alg: 'ES256', kid: 'b' })).toEqual([other]);
});

test('MD-026: an unknown kid chooses none, even if one key fits', () => {
  expect(chooseKeys([one], { alg: 'ES256', kid: 'c' })).toEqual([]);
  expect(chooseKeys([without(one, 'kid')], { alg: 'ES256', kid: 'a' })).toEqual([]);
});

test('MD-026: without kid the only key that fits is chosen', () => {
  expect(chooseKeys([rsa, one, ed25519], { alg: 'ES256' })).toEqual([one]);
});

test('MD-026: without kid several keys that fit are none', () => {
  expect(chooseKeys([one, other], { alg: 'ES256' })).toEqual([]);
});

test('MD-026: of several keys of one kid those that fit are chosen', () => {
  const keys = [{ ...rsa, kid: 'a' }, one, { ...other, kid: 'a' }, { ...ed25519, kid: 'a' }];
  expect(chooseKeys(keys, { alg: 'ES256', kid: 'a' })).toEqual([one, keys[2]]);
});

test('MD-026: of thousands of keys of one kid eight are chosen', () => {
  const keys = Array.from({ length: 3000 }, () => ({ ...one }));
  expect(chooseKeys(keys, { alg: 'ES256', kid: 'a' })).toHaveLength(8);
});

test.each<[string, object]>([
  ['of another type', { ...rsa, alg: undefined, kid: 'a' }],
  ['for another algorithm', { ...one, alg: 'ES384' }],
  ['for encryption', { ...one, use: 'enc' }],
  ['of a use that is no string', { ...one, use: ['sig'] }],
  ['that only signs', { ...one, key_ops: ['sign'] }],
  ['whose operations are no list', { ...one, key_ops: 'verify' }],
  ['of another curve', { ...one, crv: 'P-384' }],
  ['that is a secret', { kty: 'oct', k: 'AAAA', kid: 'a' }],
])('TN-003, MD-026: a key %s does not fit ES256', (_, jwk) => {
  expect(chooseKeys([jwk], { alg: 'ES256', kid: 'a' })).toEqual([]);
});

test('TN-003: a key without alg, use and key_ops fits, one with verify among its operations too', () => {
  const bare = without(without(one, 'alg'), 'use');
  expect(chooseKeys([bare], { alg: 'ES256', kid: 'a' })).toEqual([bare]);
  const verifying = { ...one, key_ops: ['sign', 'verify'] };
  expect(chooseKeys([verifying], { alg: 'ES256', kid: 'a' })).toEqual([verifying]);
});

test.each(['HS256', 'HS384', 'HS512', 'none', 'RSA-OAEP', '', 'constructor'])(
  'TN-003: no public key and no oct key fits %s',
  (alg) => {
    const keys: Jwk[] = [one, rsa, ed25519, { kty: 'oct', k: 'A'.repeat(86) }];
    for (const key of keys) expect(chooseKeys([without(key, 'alg')], { alg })).toEqual([]);
  },
);

test('TN-019: EdDSA and Ed25519 take the same keys, but a key that names one is not for the other', () => {
  const unnamed = without(ed25519, 'alg');
  expect(chooseKeys([unnamed], { alg: 'EdDSA' })).toEqual([unnamed]);
  expect(chooseKeys([unnamed], { alg: 'Ed25519' })).toEqual([unnamed]);
  expect(chooseKeys([ed25519], { alg: 'Ed25519' })).toEqual([ed25519]);
  expect(chooseKeys([ed25519], { alg: 'EdDSA' })).toEqual([]);
});

test('TN-016: a kid is only compared', () => {
  for (const kid of ['../../x', "' or 1=1", '__proto__', 'constructor', '']) {
    expect(chooseKeys([one], { alg: 'ES256', kid })).toEqual([]);
    expect(chooseKeys([{ ...one, kid }], { alg: 'ES256', kid })).toHaveLength(1);
  }
});

test('MD-026: rubbish among the keys is passed over', () => {
  const rubbish = [null, 1, 'key', [], {}, { kty: 'EC' }, { kty: {}, n: {} }] as readonly Jwk[];
  expect(chooseKeys([...rubbish, one], { alg: 'ES256' })).toEqual([one]);
});
