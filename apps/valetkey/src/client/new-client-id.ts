import { randomInt } from 'node:crypto';

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
