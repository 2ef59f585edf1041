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
  // Also where DPoP has been switched off since: never a weaker token than the client is set to.
  if (client.binding === 'dpop') {
    throw invalidProof({
      expected: 'a DPoP proof, as the client is set to',
      got: features.dpop ? 'none' : 'DPoP is switched off',
      requirement: 'TK-092',
    });
  }
  const certificate = features.mutualTls ? caller.certificate : undefined;
  if (certificate !== undefined && (client.binding === 'certificate' || fapi)) {
    return { 'x5t#S256': await certificateThumbprint(certificate.der) };
  }
  if (client.binding === 'certificate') throw noKey('certificate', 'a client certificate', 'TN-085');
  if (fapi) throw noKey('DPoP', 'a DPoP proof or a client certificate', 'FP-012');
  return undefined;
}

function noKey(field: string, expected: string, requirement: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'Access tokens of this client are bound to a key; the request shows none.',
    {
      field,
      expected,
      got: 'none',
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
