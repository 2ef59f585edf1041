import { type CryptoKey, compactVerify, errors } from 'jose';

/** Whether a key made the signature of a token. Anything but a failed check is thrown. */
export async function isSignedBy(token: string, alg: string, key: CryptoKey | Uint8Array): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [alg] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
