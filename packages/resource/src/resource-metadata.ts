import { type GuardConfig, issuersOf } from './config.ts';
import type { Settings } from './settings.ts';

/** Protected resource metadata (RFC 9728 §2); what is unknown or empty is left out (§3.2). */
export function resourceMetadata(
  config: GuardConfig,
  { dpop, mtls }: Settings,
): Readonly<Record<string, unknown>> {
  const { audience, resourceName, scopesSupported = [], authorizationDetailsTypes = [] } = config;
  const members = {
    resource: audience,
    authorization_servers: issuersOf(config).map(({ issuer }) => issuer),
    bearer_methods_supported: ['header'],
    // Clients that ask for all of these would ask for a refresh token (MC-028).
    scopes_supported: scopesSupported.filter((scope) => scope !== 'offline_access'),
    resource_name: resourceName,
    authorization_details_types_supported: authorizationDetailsTypes,
    dpop_signing_alg_values_supported: dpop?.algorithms,
    dpop_bound_access_tokens_required: dpop?.required || undefined,
    tls_client_certificate_bound_access_tokens: mtls ? true : undefined,
  };
  const known = Object.entries(members).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(known);
}

/** Serves the document; nothing, if the request is for something else. */
export function respondWithMetadata(request: Request, at: URL, document: object): Response | undefined {
  const { pathname, search } = new URL(request.url);
  if (pathname !== at.pathname || search !== at.search) return undefined;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
  }
  return Response.json(document, { headers: { 'cache-control': 'public, max-age=300' } });
}
