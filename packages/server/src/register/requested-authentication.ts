import { shown } from '@valetkey/protocol';
import { profileRules } from '../config/profile-rules.ts';
import type { Client, ClientAuthenticationMethod, ClientKeys } from '../model.ts';
import { assertionAlgorithms, clientMethods } from '../token/client-methods.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';
import { present } from './present.ts';
import { readKeySet } from './requested-keys.ts';

/** How the client proves itself, and by what (RFC 7591 §2, RFC 8705 §2). */
export function readAuthentication(asked: AskedMetadata): Pick<Client, 'authenticationMethod' | 'keys'> {
  const authenticationMethod = readMethod(asked);
  const keys = present<ClientKeys>({
    ...readKeySet(asked),
    assertionAlgorithm: readAssertionAlgorithm(asked, authenticationMethod),
    certificateSubject: readCertificateSubject(asked, authenticationMethod),
  });
  requireKeys(authenticationMethod, keys);
  return Object.keys(keys).length === 0 ? { authenticationMethod } : { authenticationMethod, keys };
}

/** Whoever publishes its metadata shares no secret with this server. */
const defaults = {
  registered: 'client_secret_basic',
  operator: 'client_secret_basic',
  document: 'none',
} as const;

function readMethod({ config, wire, origin }: AskedMetadata): ClientAuthenticationMethod {
  const asked = wire.token_endpoint_auth_method ?? defaults[origin];
  const offered = clientMethods(config).filter((method) => origin !== 'document' || !isSecret(method));
  const method = offered.find((known) => known === asked);
  if (method !== undefined) return method;
  throw invalidMetadata('token_endpoint_auth_method', `${shown(asked)} is not offered`, {
    expected: `one of ${offered.join(' ')}`,
    got: shown(asked),
    requirement: profileRules(config, {}).fapi ? 'FP-011' : methodRow(asked, origin),
  });
}

function methodRow(asked: string, origin: AskedMetadata['origin']): string {
  return origin === 'document' && isSecret(asked) ? 'MD-063' : 'MD-037';
}

function isSecret(method: string): boolean {
  return method.startsWith('client_secret');
}

/** Of the method in use; for another one it says nothing. */
function readAssertionAlgorithm(
  { config, wire }: AskedMetadata,
  method: ClientAuthenticationMethod,
): string | undefined {
  const algorithm = wire.token_endpoint_auth_signing_alg;
  if (algorithm === undefined || !/^(private_key|client_secret)_jwt$/.test(method)) return undefined;
  const fitting = assertionAlgorithms(config).filter(
    (known) => known.startsWith('HS') === (method === 'client_secret_jwt'),
  );
  if (fitting.includes(algorithm)) return algorithm;
  throw invalidMetadata('token_endpoint_auth_signing_alg', 'is not an algorithm of this method here', {
    expected: `one of ${fitting.join(' ')}`,
    got: shown(algorithm),
    requirement: 'MD-037',
  });
}

const subjectKinds = ['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email'] as const;

/** RFC 8705 §2.1.2: exactly one. */
function readCertificateSubject(
  { wire }: AskedMetadata,
  method: ClientAuthenticationMethod,
): ClientKeys['certificateSubject'] {
  if (method !== 'tls_client_auth') return undefined;
  const [only, ...others] = subjectKinds.flatMap((kind) => {
    const value = wire[`tls_client_auth_${kind}`];
    return value === undefined ? [] : [{ kind, value }];
  });
  if (only !== undefined && others.length === 0) return only;
  throw invalidMetadata('tls_client_auth_subject_dn', 'or one of its kin is needed, and one only', {
    expected: 'exactly one of tls_client_auth_subject_dn, _san_dns, _san_uri, _san_ip, _san_email',
    got: only === undefined ? 'none' : `${others.length + 1}`,
    requirement: 'MD-037',
  });
}

/** A method that proves a key needs one to be proved. */
function requireKeys(method: ClientAuthenticationMethod, { jwks, jwksUri }: ClientKeys): void {
  if (method !== 'private_key_jwt' && method !== 'self_signed_tls_client_auth') return;
  const fits = method === 'private_key_jwt' || (jwks?.some(({ x5c }) => Array.isArray(x5c)) ?? true);
  if (jwksUri !== undefined || (jwks !== undefined && jwks.length > 0 && fits)) return;
  const needed = method === 'private_key_jwt' ? 'keys' : 'a key with its certificate (x5c)';
  throw invalidMetadata('jwks', `or jwks_uri has to hold ${needed} for ${method}`, {
    expected: needed,
    got: jwks === undefined ? 'neither' : `${jwks.length} keys`,
    requirement: 'MD-028',
  });
}
