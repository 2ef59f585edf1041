/** Characters of a new password at least, and at most: what is longer is cut where it is typed in again. */
export const leastPassword = 12;
export const longestPassword = 1024;

/** Different characters it must have: one repeated over and over is the first that is guessed. */
const variety = 5;

/**
 * Long enough, and neither a repetition nor what everybody knows of the person (NIST SP 800-63B §3.1.1.2). Characters are
 * those of the form that is hashed.
 */
export function isStrongPassword(password: string, known: readonly string[]): boolean {
  const characters = [...password.normalize('NFKC').toLowerCase()];
  const isLong = characters.length >= leastPassword && password.length <= longestPassword;
  const isKnown = known.some((text) => text.normalize('NFKC').toLowerCase() === characters.join(''));
  return isLong && !isKnown && new Set(characters).size >= variety;
}
