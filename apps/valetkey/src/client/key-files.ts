import { X509Certificate } from 'node:crypto';
import { isObject, readJsonFile, readNamedFile, unfitFile } from '../terminal/json-file.ts';

type Jwk = Record<string, unknown>;

/** The keys in a file: a JWK Set (RFC 7517 §5), or one key. What is wrong with a key the server's reader says. Throws `Problem`. */
export function readKeyFile(name: string): Jwk[] {
  const what = 'a JWK Set';
  const json = readJsonFile(name, what);
  const keys = isObject(json) && 'kty' in json ? [json] : isObject(json) && json.keys;
  if (Array.isArray(keys) && keys.every(isObject)) return keys;
  throw unfitFile(name, { what, why: 'It holds neither { "keys": [ ... ] } nor a key with "kty".' });
}

/** A certificate as the key that comes with it (`x5c`, RFC 7517 §4.7). Throws `Problem`. */
export function readCertificateKey(name: string): Jwk {
  const pem = readNamedFile(name);
  try {
    const { publicKey, raw } = new X509Certificate(pem);
    return { ...publicKey.export({ format: 'jwk' }), x5c: [raw.toString('base64')] };
  } catch (cause) {
    throw unfitFile(name, { what: 'a certificate', why: 'It holds no certificate in PEM.', cause });
  }
}
