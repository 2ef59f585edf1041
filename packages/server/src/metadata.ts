import type { AuthorizationServerMetadata } from '@valetkey/protocol';
import type { Authority } from './authority.ts';
import { offeredModes } from './authorize/response-mode.ts';
import type { Config } from './config.ts';
import { knownClaims } from './openid/claims.ts';
import { offeredPrompts } from './openid/prompts.ts';
import { offeredProofAlgorithms } from './proof/dpop.ts';
import { assertionAlgorithms, clientMethods } from './token/client-methods.ts';
import { tellsSessions } from './token/id-token.ts';

type Metadata = AuthorizationServerMetadata;

/** RFC 8414 §2 and OpenID Connect Discovery §3, from the configuration alone: no request can change it. */
export function metadata({ config }: Pick<Authority, 'config'>): Metadata {
  return withoutEmptyLists({
    ...core(config),
    ...clientAuthentication(config),
    ...openid(config),
    ...requests(config),
    ...binding(config),
    ...logout(config),
    ...clients(config),
  });
}

function core(config: Config) {
  const { issuer, features } = config;
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    revocation_endpoint: `${issuer}/revoke`,
    introspection_endpoint: `${issuer}/introspect`,
    scopes_supported: Object.keys(config.scopes),
    response_types_supported: ['code'],
    response_modes_supported: [...offeredModes(config)],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true as const,
    ...(config.documentation === undefined ? {} : { service_documentation: config.documentation }),
    protected_resources: config.resources.map((resource) => resource.identifier),
    ...(features.signedIntrospection
      ? { introspection_signing_alg_values_supported: [...config.keys.algorithms] }
      : {}),
  };
}

function clientAuthentication(config: Config) {
  const methods = clientMethods(config);
  const confidential = methods.filter((method) => method !== 'none');
  const algorithms = assertionAlgorithms(config);
  return {
    token_endpoint_auth_methods_supported: [...methods],
    token_endpoint_auth_signing_alg_values_supported: [...algorithms],
    revocation_endpoint_auth_methods_supported: [...methods],
    revocation_endpoint_auth_signing_alg_values_supported: [...algorithms],
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: [...algorithms],
  };
}

function openid(config: Config): Partial<Metadata> {
  const { issuer, features, keys } = config;
  if (!features.openid) return {};
  return {
    userinfo_endpoint: `${issuer}/userinfo`,
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: [...keys.algorithms],
    userinfo_signing_alg_values_supported: [...keys.algorithms],
    claims_supported: [
      ...['iss', ...knownClaims, 'auth_time', 'amr', 'nonce', 'at_hash'],
      ...(config.authenticationContexts.length === 0 ? [] : ['acr']),
      ...(tellsSessions({ config }) ? ['sid'] : []),
    ],
    claims_parameter_supported: true,
    acr_values_supported: config.authenticationContexts.map(({ value }) => value),
    // Only where it tells something that nobody could know: unknown prompts are then refused (Prompt Create §4.1).
    ...(features.signUp ? { prompt_values_supported: [...offeredPrompts(config)] } : {}),
  };
}

function requests(config: Config): Partial<Metadata> & { request_uri_parameter_supported: boolean } {
  const { issuer, features } = config;
  const signed = features.requestObjects || features.requestUris;
  return {
    ...(features.requestObjects ? { request_parameter_supported: true as const } : {}),
    // Stated, since absence would mean true (RFC 8414 §2).
    request_uri_parameter_supported: features.requestUris,
    ...(features.requestUris ? { require_request_uri_registration: true as const } : {}),
    ...(signed ? { request_object_signing_alg_values_supported: asymmetric(config) } : {}),
    ...(isFrom(config, 'fapi2-message-signing') || config.requests.requireSigned
      ? { require_signed_request_object: true as const }
      : {}),
    ...(features.pushedRequests ? { pushed_authorization_request_endpoint: `${issuer}/par` } : {}),
    ...(isFrom(config, 'fapi2') || config.requests.requirePushed
      ? { require_pushed_authorization_requests: true as const }
      : {}),
    ...(features.signedResponses
      ? { authorization_signing_alg_values_supported: [...config.keys.algorithms] }
      : {}),
    authorization_details_types_supported: Object.keys(config.authorizationDetails),
  };
}

function binding(config: Config): Partial<Metadata> {
  const { features } = config;
  return {
    dpop_signing_alg_values_supported: [...offeredProofAlgorithms({ config })],
    ...(features.mutualTls ? { tls_client_certificate_bound_access_tokens: true as const } : {}),
    ...mtlsAliases(config),
  };
}

/** RFC 8705 §5: where else the endpoints are that a client shows its certificate to. */
function mtlsAliases({ mtlsAddress, features }: Config): Partial<Metadata> {
  if (mtlsAddress === undefined) return {};
  return {
    mtls_endpoint_aliases: {
      token_endpoint: `${mtlsAddress}/token`,
      revocation_endpoint: `${mtlsAddress}/revoke`,
      introspection_endpoint: `${mtlsAddress}/introspect`,
      ...(features.pushedRequests ? { pushed_authorization_request_endpoint: `${mtlsAddress}/par` } : {}),
      ...(features.openid ? { userinfo_endpoint: `${mtlsAddress}/userinfo` } : {}),
    },
  };
}

function logout({ issuer, features }: Config): Partial<Metadata> {
  if (!features.openid) return {};
  return {
    ...(features.rpLogout ? { end_session_endpoint: `${issuer}/logout` } : {}),
    ...(features.backChannelLogout
      ? { backchannel_logout_supported: true as const, backchannel_logout_session_supported: true as const }
      : {}),
    ...(features.frontChannelLogout
      ? { frontchannel_logout_supported: true as const, frontchannel_logout_session_supported: true as const }
      : {}),
  };
}

function clients({ issuer, features, registration }: Config): Partial<Metadata> {
  return {
    ...(registration.mode === 'off' ? {} : { registration_endpoint: `${issuer}/register` }),
    ...(features.clientIdDocuments ? { client_id_metadata_document_supported: true as const } : {}),
  };
}

function asymmetric(config: Config): string[] {
  return assertionAlgorithms(config).filter((algorithm) => !algorithm.startsWith('HS'));
}

function isFrom(config: Config, profile: 'fapi2' | 'fapi2-message-signing'): boolean {
  return config.securityProfile === profile || config.securityProfile === 'fapi2-message-signing';
}

/** RFC 8414 §3.2. */
function withoutEmptyLists(document: Metadata): Metadata {
  const entries = Object.entries(document).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return Object.fromEntries(entries) as unknown as Metadata;
}
