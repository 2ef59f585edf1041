import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './password-hash.ts';

const salt = Buffer.alloc(16, 1);

test('SB-031: a password is kept as an argon2id hash and recognized', async () => {
  const hash = await hashPassword('correct horse', salt);
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await verifyPassword('correct horse', hash)).toBe(true);
  expect(await verifyPassword('Correct horse', hash)).toBe(false);
  expect(await verifyPassword('', hash)).toBe(false);
});

test('hashes with other parameters, as another system made them, are recognized', async () => {
  // Smaller than ours in every measure: m=64 KiB, t=1, a salt of 8 bytes, a tag of 24.
  const { argon2Sync } = await import('node:crypto');
  const parameters = {
    message: 'password',
    nonce: Buffer.from('somesalt'),
    memory: 64,
    passes: 1,
    parallelism: 1,
    tagLength: 24,
  };
  const tag = argon2Sync('argon2id', parameters).toString('base64').replace(/=+$/, '');
  const hash = `$argon2id$v=19$m=64,t=1,p=1$${Buffer.from('somesalt').toString('base64').replace(/=+$/, '')}$${tag}`;
  expect(await verifyPassword('password', hash)).toBe(true);
  expect(await verifyPassword('passwore', hash)).toBe(false);
});

test('no hash, or one of another kind, fits nothing', async () => {
  for (const hash of [null, '', '$2b$10$abcdefghijklmnopqrstuv', '$argon2i$v=19$m=64,t=1,p=1$YQ$YQ']) {
    expect(await verifyPassword('', hash)).toBe(false);
    expect(await verifyPassword('password', hash)).toBe(false);
  }
});

test('the same characters in another Unicode form are the same password', async () => {
  const hash = await hashPassword('caf\u00e9', salt);
  expect(await verifyPassword('cafe\u0301', hash)).toBe(true);
});
