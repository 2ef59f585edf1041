import { certificateThumbprint } from '@valetkey/jwt';
import { OAuthError } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Caller } from '../caller.ts';
import type { ConfirmationKey } from '../model.ts';
import { checkProof, invalidProof } from './dpop.ts';

/** An access token as it came, and the key it is bound to. */
interface Bound {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
  readonly key: ConfirmationKey | undefined;
  /** The rules of FAPI 2.0 hold for the client of the token. */
  readonly fapi: boolean;
}

/** Holds the presenter of a bound access token to its key (RFC 9449 §7, RFC 8705 §3), as a resource server does. */
export async function requireBoundKey(authority: Authority, caller: Caller, bound: Bound): Promise<void> {
  const { scheme, key, token, fapi } = bound;
  const isDpop = key !== undefined && 'jkt' in key;
  if (isDpop !== (scheme === 'DPoP')) {
    throw invalidToken(`a ${isDpop ? 'DPoP' : 'Bearer'} token`, `the scheme ${scheme}`);
  }
  if (key === undefined) return;
  if (!('jkt' in key)) return requireCertificate(caller, key['x5t#S256']);
  const { dpopProof } = caller;
  if (dpopProof === undefined)
    throw invalidProof({ expected: 'a proof', got: 'none', requirement: 'TN-070' });
  const jkt = await checkProof(authority, { ...caller, dpopProof }, { accessToken: token, fapi });
  if (jkt !== key.jkt) throw invalidToken('a proof by the key of the token', 'one by another key');
}

async function requireCertificate({ certificate }: Caller, thumbprint: string): Promise<void> {
  const shown = certificate === undefined ? undefined : await certificateThumbprint(certificate.der);
  if (shown !== thumbprint)
    throw invalidToken('the certificate of the token', shown ? 'another one' : 'none');
}

function invalidToken(expected: string, got: string): OAuthError {
  return new OAuthError(
    'invalid_token',
    'The access token is bound to a key that the request does not show.',
    {
      field: 'Authorization',
      expected,
      got,
      requirement: 'TN-055',
    },
  );
}
