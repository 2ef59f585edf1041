import { createHash } from 'node:crypto';

/** Keys hold what people and clients send: one that is longer than a name is kept as its hash. */
export function storedKey(key: string): string {
  return key.length <= 200 ? key : createHash('sha256').update(key).digest('base64url');
}
