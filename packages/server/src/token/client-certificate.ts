import { X509Certificate } from 'node:crypto';
import type { Authority } from '../authority.ts';
import type { ClientCertificate } from '../caller.ts';
import { hasSubject } from '../clients/certificate-subject.ts';
import { hasCertificate } from '../clients/client-keys.ts';
import type { Client } from '../model.ts';

/**
 * Why a certificate does not prove a client (RFC 8705 §2), in words for the operator; `undefined` if it does. The TLS
 * handshake has shown that the sender holds the private key. Throws `KeySetUnavailable`.
 */
export async function certificateFault(
  authority: Authority,
  client: Client,
  certificate: ClientCertificate | undefined,
): Promise<string | undefined> {
  if (certificate === undefined) return 'no client certificate';
  if (client.authenticationMethod === 'tls_client_auth') return subjectFault(client, certificate);
  // RFC 8705 §2.2: the certificate itself was registered, so nobody has to vouch for it.
  return (await hasCertificate(authority, client, certificate.der))
    ? undefined
    : 'a certificate that is not in the key set of the client';
}

/** RFC 8705 §2.1: a known authority has given the registered name to the holder. */
function subjectFault({ keys }: Client, { der, chainVerified }: ClientCertificate): string | undefined {
  if (!chainVerified) return 'a certificate that no known authority vouches for';
  const certificate = parse(der);
  if (certificate === undefined) return 'a certificate that cannot be read';
  const wanted = keys?.certificateSubject;
  if (wanted !== undefined && hasSubject(certificate, wanted)) return undefined;
  return `a certificate of another subject than the registered ${wanted?.kind ?? '(none is registered)'}`;
}

function parse(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}
