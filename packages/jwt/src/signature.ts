import { secretLengthOf } from './algorithms.ts';
import { chooseKeys } from './choose-keys.ts';
import type { CompactJwt, JwtHeader } from './compact.ts';
import { ImportedKeys } from './imported-keys.ts';
import { isSignedBy } from './is-signed-by.ts';
import { JwtError } from './jwt-error.ts';
import type { Jwk } from './public-key.ts';

/**
 * Where the keys of a token come from: public keys, or a secret that both sides know, never both. The header only
 * selects among them (RFC 8725 §3.10). What the function throws is passed on.
 */
export type KeySource =
  | { readonly keys: readonly Jwk[] }
  | { readonly secret: Uint8Array }
  | ((header: JwtHeader) => Promise<readonly Jwk[]>);

/** Throws `JwtError` of code `algorithm`, `key` or `signature`, unless a key of the source signed the token. */
export async function checkSignature(
  jwt: CompactJwt,
  keys: KeySource,
  imported = new ImportedKeys(),
): Promise<void> {
  const { header, token } = jwt;
  if ('secret' in keys) return checkSecretSignature(jwt, keys.secret);
  // RFC 8725 §3.1: a public key is no secret.
  if (secretLengthOf(header.alg) !== undefined) throw new JwtError('algorithm', 'alg needs a secret');
  const candidates = chooseKeys('keys' in keys ? keys.keys : await keys(header), header);
  if (candidates.length === 0) throw new JwtError('key', 'no key fits the header, or several without kid');
  for (const candidate of candidates) {
    const key = await imported.get(candidate, header.alg);
    if (key !== undefined && (await isSignedBy(token, header.alg, key))) return;
  }
  throw new JwtError('signature', 'no key of the header made the signature');
}

async function checkSecretSignature({ token, header }: CompactJwt, secret: Uint8Array): Promise<void> {
  const length = secretLengthOf(header.alg);
  if (length === undefined) throw new JwtError('algorithm', 'alg is not one of a secret');
  if (secret.length < length) throw new JwtError('key', 'the secret is shorter than the hash');
  if (!(await isSignedBy(token, header.alg, secret))) {
    throw new JwtError('signature', 'the secret did not make the signature');
  }
}
