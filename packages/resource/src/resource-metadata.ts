import { type GuardConfig, issuersOf } from './config.ts';

/** Protected resource metadata (RFC 9728 §2); what is unknown or empty is left out (§3.2). */
export function resourceMetadata(config: GuardConfig): Readonly<Record<string, unknown>> {
  const { audience, resourceName, scopesSupported = [] } = config;
  return {
    resource: audience,
    authorization_servers: issuersOf(config).map(({ issuer }) => issuer),
    bearer_methods_supported: ['header'],
    ...(scopesSupported.length > 0 ? { scopes_supported: scopesSupported } : {}),
    ...(resourceName === undefined ? {} : { resource_name: resourceName }),
  };
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
