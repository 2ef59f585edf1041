import { certificateThumbprint } from '@valetkey/jwt';
import { OAuthError } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Caller } from '../caller.ts';
import { profileRules } from '../config/profile-rules.ts';
import type { Client, ConfirmationKey } from '../model.ts';
import { checkProof, invalidProof } from './dpop.ts';

/**
 * The key that the new access token is bound to, if any: the one of the DPoP proof (RFC 9449 §5), or the certificate of a
 * client that is set to it (RFC 8705 §3). Throws where the client or its profile demands a key and there is none.
 */
export async function provenKey(
  authority: Authority,
  caller: Caller,
  client: Client,
): Promise<ConfirmationKey | undefined> {
  const { features } = authority.config;
  const { fapi } = profileRules(authority.config, client);
  if (features.dpop && caller.dpopProof !== undefined) {
    return { jkt: await checkProof(authority, { ...caller, dpopProof: caller.dpopProof }, { fapi }) };
  }
  if (client.binding === 'dpop' && features.dpop) {
    throw invalidProof({
      expected: 'a DPoP proof, as the client is set to',
      got: 'none',
      requirement: 'TK-092',
    });
  }
  const certificate = features.mutualTls ? caller.certificate : undefined;
  if (certificate !== undefined && (client.binding === 'certificate' || fapi)) {
    return { 'x5t#S256': await certificateThumbprint(certificate.der) };
  }
  if (client.binding === 'certificate' && features.mutualTls) throw noKey('a client certificate', 'TN-085');
  if (fapi) throw noKey('a DPoP proof or a client certificate', 'FP-012');
  return undefined;
}

function noKey(expected: string, requirement: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'Access tokens of this client are bound to a key; the request shows none.',
    {
      field: 'DPoP',
      expected,
      got: 'neither',
      requirement,
    },
  );
}

/** Whether two keys are the same one. */
export function isSameKey(a: ConfirmationKey, b: ConfirmationKey | undefined): boolean {
  if (b === undefined) return false;
  if ('jkt' in a) return 'jkt' in b && a.jkt === b.jkt;
  return 'x5t#S256' in b && a['x5t#S256'] === b['x5t#S256'];
}
