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
  request_uri_parameter_supported: false;
  service_documentation?: string;
  protected_resources?: string[];
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
