import type { Asked } from './asked.ts';
import { textOf } from './wire-metadata.ts';

/** Methods and what they prove have to be given together. */
export function* proofFaults({ options, wire }: Asked): Generator<string> {
  const method = textOf(wire, 'token_endpoint_auth_method') ?? 'client_secret_basic';
  const hasKeys = wire.jwks !== undefined || wire.jwks_uri !== undefined;
  if (method === 'private_key_jwt' && !hasKeys)
    yield '--auth-method private_key_jwt needs its public keys: --jwks or --jwks-uri';
  if (method === 'self_signed_tls_client_auth' && !hasKeys)
    yield '--auth-method self_signed_tls_client_auth needs its --certificate (or a key set that holds it as x5c)';
  if (method === 'tls_client_auth' && !Object.keys(wire).some((name) => /^tls_client_auth_/.test(name)))
    yield '--auth-method tls_client_auth needs a --certificate-subject: whom its certificate names';
  if (options.certificate !== undefined && method !== 'self_signed_tls_client_auth')
    yield `--certificate is for --auth-method self_signed_tls_client_auth, not ${method}`;
  if (options.certificateSubject !== undefined && method !== 'tls_client_auth')
    yield `--certificate-subject is for --auth-method tls_client_auth, not ${method}`;
}
