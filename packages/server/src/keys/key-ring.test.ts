import { createPrivateKey, type KeyObject } from 'node:crypto';
import { keyPool, minute, noon } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { seededRandom } from '../authority.fixture.ts';
import type { SigningAlgorithm, StoredKey } from '../model.ts';
import { KeyRing, keyStates } from './key-ring.ts';
import { makeSealKey, makeSigningKey, newKeyPair } from './make-key.ts';
import { RootKey, WrongRootKey } from './root-key.ts';

const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
const owner = { issuer: 'https://auth.example', algorithms };
const root = new RootKey(Buffer.alloc(32, 1));
const ports = { rootKey: root, random: seededRandom('keys'), newKeyPair: keyPool() };

function signing(
  slot: number,
  activeFrom: number,
  algorithm: SigningAlgorithm = 'ES256',
): Promise<StoredKey> {
  return makeSigningKey(algorithm, { slot, createdAt: noon, activeFrom }, ports);
}

function sealing(slot: number, activeFrom: number): StoredKey {
  return makeSealKey({ slot, createdAt: noon, activeFrom }, ports);
}

const [first, second, third] = await Promise.all([
  signing(1, noon),
  signing(2, noon + minute),
  signing(3, noon + 2 * minute),
]);
const seals = [sealing(1, noon), sealing(2, noon + minute)] as const;

test.each([
  ['before any is active, the first there is', noon - 1, [first, second, third], first],
  ['the one that is active', noon, [first, second, third], first],
  ['from its first moment the next', noon + minute, [first, second, third], second],
  ['the highest slot, however the store sorts', noon + 5 * minute, [third, first, second], third],
  [
    'a key made by hand, though an upcoming one has a lower slot',
    noon + minute,
    [first, third, signingBy(4)],
    signingBy(4),
  ],
  ['none that was withdrawn', noon + minute, [first, { ...second, revokedAt: noon }], first],
])('MD-022: %s signs', (_, now, stored, expected) => {
  const ring = new KeyRing([...stored, ...seals], root, owner);
  expect(ring.signer(now, 'ES256').id).toBe(expected.id);
});

function signingBy(slot: number): StoredKey {
  return { ...second, slot, activeFrom: noon };
}

test('MD-022: seals change by the same rule, and each key that is there still opens', () => {
  const ring = new KeyRing([first, ...seals], root, owner);
  expect(ring.sealer(noon + minute - 1).id).toBe(seals[0].id);
  expect(ring.sealer(noon + minute).id).toBe(seals[1].id);
  for (const { id } of seals) expect(ring.opener(id)?.id).toBe(id);
});

test('a key is found by its own id and for its own use only', () => {
  const ring = new KeyRing([first, second, { ...third, revokedAt: noon }, ...seals], root, owner);
  expect(ring.verifier(first.id)?.id).toBe(first.id);
  expect(ring.verifier(third.id)).toBeUndefined();
  expect(ring.verifier(seals[0].id)).toBeUndefined();
  expect(ring.opener(first.id)).toBeUndefined();
  for (const name of ['', '__proto__', 'constructor', '../../etc/passwd', `${first.id} `]) {
    expect(ring.verifier(name)).toBeUndefined();
    expect(ring.opener(name)).toBeUndefined();
  }
});

test('MD-020, MD-021: what is published is public, and no withdrawn key', () => {
  const ring = new KeyRing([second, first, { ...third, revokedAt: noon }, ...seals], root, owner);
  expect(ring.publicKeys.map(({ kid }) => kid)).toEqual([first.id, second.id]);
});

test.each([
  ['ES256', 'EC', ['crv', 'x', 'y']],
  ['RS256', 'RSA', ['e', 'n']],
  ['PS256', 'RSA', ['e', 'n']],
  ['EdDSA', 'OKP', ['crv', 'x']],
] as const)(
  'MD-020, MD-021: of a key of %s the public members are told, and what it is for',
  async (algorithm, kty, members) => {
    const key = await signing(1, noon, algorithm);
    const [jwk = {}] = new KeyRing([key], root, owner).publicKeys;
    expect(jwk).toMatchObject({ kty, kid: key.id, alg: algorithm, use: 'sig' });
    expect(Object.keys(jwk).toSorted()).toEqual([...members, 'alg', 'kid', 'kty', 'use'].toSorted());
    const stored = privateKeyOf(key).export({ format: 'jwk' });
    expect(jwk).toMatchObject(Object.fromEntries(members.map((name) => [name, stored[name]])));
  },
);

test('TN-009: an RSA key has 2048 bits, a curve is P-256 or Ed25519', async () => {
  const made = await Promise.all(algorithms.map((algorithm) => newKeyPair(algorithm)));
  expect(made.map((key) => [key.asymmetricKeyType, key.asymmetricKeyDetails])).toEqual([
    ['ec', { namedCurve: 'prime256v1' }],
    ['rsa', { modulusLength: 2048, publicExponent: 65_537n }],
    ['rsa', { modulusLength: 2048, publicExponent: 65_537n }],
    ['ed25519', {}],
  ]);
});

function privateKeyOf({ id, sealedPrivate }: StoredKey): KeyObject {
  return createPrivateKey({ key: root.unwrap(id, sealedPrivate), format: 'der', type: 'pkcs8' });
}

test('TN-003: each algorithm signs with keys of its own, whatever the slots of the others', async () => {
  const [rsa, pss] = await Promise.all([signing(9, noon, 'RS256'), signing(1, noon, 'PS256')]);
  const ring = new KeyRing([rsa, pss, first, second], root, owner);
  expect(ring.signer(noon, 'RS256').id).toBe(rsa.id);
  expect(ring.signer(noon, 'PS256').id).toBe(pss.id);
  expect(ring.signer(noon, 'ES256').id).toBe(first.id);
  expect(algorithms.filter((algorithm) => ring.signs(algorithm))).toEqual(['ES256', 'RS256', 'PS256']);
  expect(() => ring.signer(noon, 'EdDSA')).toThrow('EdDSA');
});

test('a key whose algorithm the configuration no longer names verifies, and does not sign', async () => {
  const rsa = await signing(1, noon, 'RS256');
  const ring = new KeyRing([rsa, first], root, { ...owner, algorithms: ['ES256'] });
  expect(ring.signs('RS256')).toBe(false);
  expect(() => ring.signer(noon, 'RS256')).toThrow('RS256');
  expect(ring.verifier(rsa.id)?.id).toBe(rsa.id);
  expect(ring.publicKeys.map(({ kid }) => kid)).toEqual([rsa.id, first.id]);
});

test('MD-024: the private part of one key under the name of another is refused', () => {
  const swapped = { ...first, sealedPrivate: second.sealedPrivate };
  expect(() => new KeyRing([swapped], root, owner)).toThrow(WrongRootKey);
});

test('a ring without keys signs and seals nothing', () => {
  const ring = new KeyRing([], root, owner);
  expect(() => ring.signer(noon, 'ES256')).toThrow('no key');
  expect(() => ring.sealer(noon)).toThrow('no key');
  expect(ring.publicKeys).toEqual([]);
});

test.each([
  [noon - 1, ['upcoming', 'upcoming', 'upcoming']],
  [noon, ['upcoming', 'upcoming', 'current']],
  [noon + minute, ['upcoming', 'current', 'retired']],
  [noon + 2 * minute, ['current', 'retired', 'retired']],
])('at %i the keys are, newest first, %j', (now, states) => {
  expect(keyStates([first, second, third], now).map(({ state }) => state)).toEqual(states);
});

test('the states of keys leave out the withdrawn', () => {
  const states = keyStates([first, { ...second, revokedAt: noon }], noon + minute);
  expect(states).toEqual([{ key: first, state: 'current' }]);
});
