import { chooseKeys, type KeySource } from '@valetkey/jwt';
import type { Authority } from '../authority.ts';
import type { Client, PublicJwk } from '../model.ts';

/**
 * The public keys of a client, to verify what it signed: those it registered, or those it publishes, read once more when
 * none of them fits (MD-028). The source throws `KeySetUnavailable`.
 */
export function keysOf(authority: Authority, { keys = {} }: Pick<Client, 'keys'>): KeySource {
  const { jwksUri } = keys;
  if (jwksUri === undefined) return { keys: keys.jwks ?? [] };
  return async (header) => {
    const known = await authority.clientKeys.current(jwksUri);
    return chooseKeys(known, header).length > 0 ? known : authority.clientKeys.renewed(jwksUri);
  };
}

/** Whether a key of the client comes with this certificate, in DER (`x5c`, RFC 7517 §4.7). Throws `KeySetUnavailable`. */
export async function hasCertificate(
  authority: Authority,
  { keys = {} }: Pick<Client, 'keys'>,
  der: Uint8Array,
): Promise<boolean> {
  const { jwksUri } = keys;
  if (jwksUri === undefined) return isAmong(keys.jwks ?? [], der);
  if (isAmong(await authority.clientKeys.current(jwksUri), der)) return true;
  return isAmong(await authority.clientKeys.renewed(jwksUri), der);
}

function isAmong(keys: readonly PublicJwk[], der: Uint8Array): boolean {
  return keys.some(({ x5c }) => {
    const first: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
    return typeof first === 'string' && Buffer.from(first, 'base64').equals(der);
  });
}
