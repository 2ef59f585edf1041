import { minute, noon } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { seededRandom } from '../authority.fixture.ts';
import type { StoredKey } from '../model.ts';
import { KeyRing, keyStates } from './key-ring.ts';
import { makeSealKey, makeSigningKey } from './make-key.ts';
import { RootKey, WrongRootKey } from './root-key.ts';

const issuer = 'https://auth.example';
const root = new RootKey(Buffer.alloc(32, 1));
const random = seededRandom('keys');

function signing(slot: number, activeFrom: number, revokedAt: number | null = null): StoredKey {
  return { ...makeSigningKey({ slot, createdAt: noon, activeFrom }, root, random), revokedAt };
}

function sealing(slot: number, activeFrom: number): StoredKey {
  return makeSealKey({ slot, createdAt: noon, activeFrom }, root, random);
}

const [first, second, third] = [signing(1, noon), signing(2, noon + minute), signing(3, noon + 2 * minute)];
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
  const ring = new KeyRing([...stored, ...seals], root, issuer);
  expect(ring.signer(now).id).toBe(expected.id);
});

function signingBy(slot: number): StoredKey {
  return { ...second, slot, activeFrom: noon };
}

test('MD-022: seals change by the same rule, and each key that is there still opens', () => {
  const ring = new KeyRing([first, ...seals], root, issuer);
  expect(ring.sealer(noon + minute - 1).id).toBe(seals[0].id);
  expect(ring.sealer(noon + minute).id).toBe(seals[1].id);
  for (const { id } of seals) expect(ring.opener(id)?.id).toBe(id);
});

test('a key is found by its own id and for its own use only', () => {
  const ring = new KeyRing([first, second, { ...third, revokedAt: noon }, ...seals], root, issuer);
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
  const ring = new KeyRing([second, first, { ...third, revokedAt: noon }, ...seals], root, issuer);
  expect(ring.publicKeys.map(({ kid }) => kid)).toEqual([first.id, second.id]);
  for (const key of ring.publicKeys) {
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  }
});

test('MD-024: the private part of one key under the name of another is refused', () => {
  const swapped = { ...first, sealedPrivate: second.sealedPrivate };
  expect(() => new KeyRing([swapped], root, issuer)).toThrow(WrongRootKey);
});

test('a ring without keys signs nothing', () => {
  expect(() => new KeyRing([], root, issuer).signer(noon)).toThrow(/empty/);
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
