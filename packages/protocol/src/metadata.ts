/** RFC 8414 §2, the members this server can say of itself. Lists with no entries are left out (§3.2). */
export interface AuthorizationServerMetadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  jwks_uri: string;
  revocation_endpoint: string;
  introspection_endpoint: string;
  scopes_supported?: string[];
  response_types_supported: string[];
  response_modes_supported: string[];
  grant_types_supported: string[];
  token_endpoint_auth_methods_supported: string[];
  revocation_endpoint_auth_methods_supported: string[];
  introspection_endpoint_auth_methods_supported: string[];
  code_challenge_methods_supported: string[];
  authorization_response_iss_parameter_supported: true;
  request_uri_parameter_supported: boolean;
  service_documentation?: string;
  protected_resources?: string[];
  // Each of the following belongs to a feature, and is told when the feature is on.
  userinfo_endpoint?: string;
  subject_types_supported?: string[];
  id_token_signing_alg_values_supported?: string[];
  userinfo_signing_alg_values_supported?: string[];
  claims_supported?: string[];
  claims_parameter_supported?: true;
  acr_values_supported?: string[];
  prompt_values_supported?: string[];
  display_values_supported?: string[];
  ui_locales_supported?: string[];
  request_parameter_supported?: true;
  require_request_uri_registration?: true;
  request_object_signing_alg_values_supported?: string[];
  require_signed_request_object?: true;
  pushed_authorization_request_endpoint?: string;
  require_pushed_authorization_requests?: true;
  authorization_signing_alg_values_supported?: string[];
  dpop_signing_alg_values_supported?: string[];
  tls_client_certificate_bound_access_tokens?: true;
  mtls_endpoint_aliases?: Record<string, string>;
  authorization_details_types_supported?: string[];
  introspection_signing_alg_values_supported?: string[];
  token_endpoint_auth_signing_alg_values_supported?: string[];
  revocation_endpoint_auth_signing_alg_values_supported?: string[];
  introspection_endpoint_auth_signing_alg_values_supported?: string[];
  registration_endpoint?: string;
  client_id_metadata_document_supported?: true;
  end_session_endpoint?: string;
  backchannel_logout_supported?: true;
  backchannel_logout_session_supported?: true;
  frontchannel_logout_supported?: true;
  frontchannel_logout_session_supported?: true;
}

/**
 * Where the document of an issuer is found, in the order in which clients look: RFC 8414 §3.1 (inserted between host and
 * path), RFC 8414 §5 (OpenID's name, inserted), OpenID Connect Discovery §4 (appended).
 */
export function metadataPaths(issuer: string): string[] {
  const path = new URL(issuer).pathname.replace(/\/$/, '');
  const paths = [
    `/.well-known/oauth-authorization-server${path}`,
    `/.well-known/openid-configuration${path}`,
    `${path}/.well-known/openid-configuration`,
  ];
  return [...new Set(paths)];
}
