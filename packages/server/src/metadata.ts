import type { AuthorizationServerMetadata } from '@valetkey/protocol';
import type { Authority } from './authority.ts';

const clientAuthentication = ['client_secret_basic', 'client_secret_post'];

/** RFC 8414 §2, from the configuration alone: no request can change it. */
export function metadata({ config }: Authority): AuthorizationServerMetadata {
  return {
    issuer: config.issuer,
    authorization_endpoint: `${config.issuer}/authorize`,
    token_endpoint: `${config.issuer}/token`,
    jwks_uri: `${config.issuer}/jwks`,
    revocation_endpoint: `${config.issuer}/revoke`,
    introspection_endpoint: `${config.issuer}/introspect`,
    ...(Object.keys(config.scopes).length === 0 ? {} : { scopes_supported: Object.keys(config.scopes) }),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: [...clientAuthentication, 'none'],
    revocation_endpoint_auth_methods_supported: [...clientAuthentication, 'none'],
    introspection_endpoint_auth_methods_supported: clientAuthentication,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    request_uri_parameter_supported: false,
    ...(config.documentation === undefined ? {} : { service_documentation: config.documentation }),
    protected_resources: config.resources.map((resource) => resource.identifier),
  };
}
