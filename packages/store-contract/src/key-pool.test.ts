import { expect, test } from 'vitest';
import { keyPool } from './key-pool.ts';

test('key pairs are handed out in turn, the same ones in the whole process, and none for two algorithms', async () => {
  const [here, there] = [keyPool(), keyPool()];
  const first = await here('RS256');
  const second = await here('RS256');
  expect(await here('RS256')).toBe(first);
  expect([await there('RS256'), await there('RS256')]).toEqual([first, second]);
  expect(second.equals(first)).toBe(false);
  expect((await here('PS256')).equals(first)).toBe(false);
  expect((await here('EdDSA')).asymmetricKeyType).toBe('ed25519');
});
