import { randomBytes, randomInt } from 'node:crypto';
import { type Authority, type ClientSecret, hashClientSecret } from '@valetkey/server';

/** So that scanners find a secret that was leaked. */
const secretPrefix = 'vksecret_';
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** From the name, for people to recognize, with a few random letters, so that it is free. */
export function newClientId(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
  const words = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  const ending = Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('');
  return `${words || 'client'}-${ending}`;
}

/** 256 random bits. */
export function newClientSecret(): string {
  return secretPrefix + randomBytes(32).toString('base64url');
}

/** What is kept of a secret. */
export function secretRecord(authority: Authority, client: { id: string; secret: string }): ClientSecret {
  return {
    id: randomBytes(4).toString('hex'),
    hash: hashClientSecret(authority, client.id, client.secret),
    createdAt: authority.clock(),
    expiresAt: null,
  };
}
