/** Adds what a script of an allowed origin needs to read an answer; no credentials mode. RFC 9449 §9 */
export function withCors(request: Request, response: Response, allowedOrigins: readonly string[]): Response {
  if (allowedOrigins.length === 0) return response;
  const headers = new Headers(response.headers);
  headers.append('vary', 'Origin');
  const origin = request.headers.get('origin');
  if (origin !== null && allowedOrigins.includes(origin)) {
    headers.set('access-control-allow-origin', origin);
    headers.set('access-control-expose-headers', 'WWW-Authenticate, DPoP-Nonce');
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Answers a preflight, which never carries a token (Fetch standard, CORS-preflight); nothing, if it is none or CORS is off. */
export function preflight(request: Request, allowedOrigins: readonly string[]): Response | undefined {
  const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
  if (!isPreflight || allowedOrigins.length === 0) return undefined;
  const response = withCors(request, new Response(null, { status: 204 }), allowedOrigins);
  if (response.headers.has('access-control-allow-origin')) {
    response.headers.set('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE');
    response.headers.set('access-control-allow-headers', 'Authorization, DPoP, Content-Type');
    response.headers.set('access-control-max-age', '600');
  }
  return response;
}
