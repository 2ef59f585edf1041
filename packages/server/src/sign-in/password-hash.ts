import { argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** RFC 9106, in the measure that OWASP names for servers: 19 MiB, two passes, one lane. */
const memory = 19_456;
const passes = 2;
const parallelism = 1;
const tagLength = 32;

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const run = promisify(argon2);

/** A PHC string (argon2id). `salt`: 16 random bytes. */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  const tag = await derive(password, { nonce: salt, memory, passes, parallelism, tagLength });
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

/** Takes as long for an account without password as for any other: `null` is compared with a hash that nothing fits. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const match = phc.exec(hash ?? '');
  if (match === null) {
    await derive(password, { nonce: Buffer.alloc(16), memory, passes, parallelism, tagLength });
    return false;
  }
  const [, m, t, p, salt = '', expected = ''] = match;
  const tag = Buffer.from(expected, 'base64');
  const parameters = {
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(m),
    passes: Number(t),
    parallelism: Number(p),
  };
  return timingSafeEqual(await derive(password, { ...parameters, tagLength: tag.length }), tag);
}

interface Parameters {
  nonce: Uint8Array;
  memory: number;
  passes: number;
  parallelism: number;
  tagLength: number;
}

/** The same characters typed on two keyboards are the same password (NIST SP 800-63B §3.1.1.2: NFKC). */
async function derive(password: string, parameters: Parameters): Promise<Buffer> {
  return run('argon2id', { message: password.normalize('NFKC'), ...parameters });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
