/**
 * Identifiers that begin with time: 48 bits of milliseconds, then 128 random bits, in an alphabet whose order is that of
 * ASCII. A table keyed by them grows at its end only, so that an insert touches the same pages whatever its size.
 */

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ordered = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const inOrder = Object.fromEntries([...base64url].map((letter, i) => [letter, ordered[i]]));

/** 30 characters. `random` gives that many random bytes. */
export function timeOrderedId(now: number, random: (size: number) => Uint8Array): string {
  const bytes = Buffer.alloc(22);
  bytes.writeUIntBE(now, 0, 6);
  bytes.set(random(16), 6);
  let id = '';
  for (const letter of bytes.toString('base64url')) id += inOrder[letter];
  return id;
}
