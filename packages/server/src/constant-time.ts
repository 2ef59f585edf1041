import { hash, timingSafeEqual } from 'node:crypto';

/** The one place where secrets are compared: the time taken tells nothing about where two values differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  // Hashing first makes both sides the same length, so that not even the length is told.
  return timingSafeEqual(digest(a), digest(b));
}

/** SHA-256 in base64url, for random secrets of 128 bits or more (passwords have sign-in/password-hash.ts). */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
