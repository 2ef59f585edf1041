import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { isCodeChallenge, isCodeVerifier } from './index.ts';

test.each([
  ['dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
  ['3641a2d12d66101249cdf7a79c000c1f8c05d2aafcf14bf146497bed', '6fdkQaPm51l13DSukcAH3Mdx7_ntecHYd1vi3n0hMZY'],
])('AZ-040: the published pair of verifier %s', (verifier, challenge) => {
  expect(isCodeVerifier(verifier)).toBe(true);
  expect(isCodeChallenge(challenge)).toBe(true);
  expect(createHash('sha256').update(verifier).digest('base64url')).toBe(challenge);
});

test('TK-055: a verifier has 43 to 128 unreserved characters', () => {
  expect([42, 43, 128, 129].map((length) => isCodeVerifier('a'.repeat(length)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(isCodeVerifier(`${'a'.repeat(41)}.~`)).toBe(true);
  for (const letter of '+/= \n') expect(isCodeVerifier('a'.repeat(43) + letter)).toBe(false);
});

test('AZ-044: a challenge is 32 bytes in base64url', () => {
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
  for (const wrong of [challenge.slice(1), `${challenge}A`, `${challenge}=`, challenge.replace('-', '+')]) {
    expect(isCodeChallenge(wrong)).toBe(false);
  }
});
