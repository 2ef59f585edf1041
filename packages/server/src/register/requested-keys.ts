import { publicKeyFault } from '@valetkey/jwt';
import { shown } from '@valetkey/protocol';
import type { ClientKeys, PublicJwk } from '../model.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';
import { present } from './present.ts';
import { requirePublishedUrl } from './published-url.ts';

/** The keys the client signs with, or where it publishes them; not both (RFC 7591 §2). */
export function readKeySet({ config, wire }: AskedMetadata): Pick<ClientKeys, 'jwks' | 'jwksUri'> {
  const { jwks, jwks_uri: uri } = wire;
  if (jwks !== undefined && uri !== undefined) {
    throw refused('and jwks_uri exclude each other', 'both');
  }
  const member = { member: 'jwks_uri', requirement: 'MD-028' };
  return present<Pick<ClientKeys, 'jwks' | 'jwksUri'>>({
    jwks: jwks === undefined ? undefined : readKeys(jwks.keys),
    jwksUri: uri === undefined ? undefined : requirePublishedUrl(config, member, uri),
  });
}

/** Keys for encryption are left out: nothing is encrypted here. */
function readKeys(keys: readonly PublicJwk[]): readonly PublicJwk[] {
  for (const key of keys) requirePublicKey(key);
  const ids = keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid]));
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw refused('names a kid twice', shown(String(twice)));
  return keys.filter((key) => !isForEncryption(key));
}

function requirePublicKey(key: PublicJwk): void {
  const isPrivate = Object.hasOwn(key, 'd') || Object.hasOwn(key, 'k');
  const fault = isPrivate || !isForEncryption(key) ? publicKeyFault(key) : undefined;
  if (fault !== undefined) throw refused(`holds a key that cannot be used: ${fault}`, fault);
  if (key.kid === undefined || typeof key.kid === 'string') return;
  throw refused('holds a kid that is no text', typeof key.kid);
}

function isForEncryption({ use }: PublicJwk): boolean {
  return use === 'enc';
}

function refused(text: string, got: string) {
  return invalidMetadata('jwks', text, {
    expected: 'at most 20 public keys with different kids, for signatures',
    got,
    requirement: 'MD-028',
  });
}
