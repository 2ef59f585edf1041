import { expect, test } from 'vitest';
import { equalInConstantTime, hashSecret } from './constant-time.ts';

test('SB-030: equal is equal, whatever the lengths', () => {
  expect(equalInConstantTime('abc', 'abc')).toBe(true);
  expect(equalInConstantTime('abc', 'abd')).toBe(false);
  expect(equalInConstantTime('abc', 'abcd')).toBe(false);
  expect(equalInConstantTime('', '')).toBe(true);
});

test('the hash of a secret is SHA-256 in base64url', () => {
  expect(hashSecret('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
});
