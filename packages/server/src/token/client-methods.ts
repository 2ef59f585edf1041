import type { Config } from '../config.ts';
import type { ClientAuthenticationMethod } from '../model.ts';

const asymmetric = ['ES256', 'PS256', 'EdDSA', 'Ed25519'];

/** How clients may prove themselves here, what is preferred first; FAPI 2.0 §5.3.2.1 (6) leaves keys only. */
export function clientMethods({
  securityProfile,
  features,
}: Pick<Config, 'securityProfile' | 'features'>): readonly ClientAuthenticationMethod[] {
  const certificates: ClientAuthenticationMethod[] = features.mutualTls
    ? ['tls_client_auth', 'self_signed_tls_client_auth']
    : [];
  if (securityProfile !== 'oauth2.1') return ['private_key_jwt', ...certificates];
  return [
    'private_key_jwt',
    ...certificates,
    'client_secret_basic',
    'client_secret_post',
    'client_secret_jwt',
    'none',
  ];
}

/** JWS algorithms of client assertions, and without HMAC of request objects. */
export function assertionAlgorithms({ securityProfile }: Pick<Config, 'securityProfile'>): readonly string[] {
  if (securityProfile !== 'oauth2.1') return asymmetric;
  return [...asymmetric, 'RS256', 'HS256', 'HS384', 'HS512'];
}
