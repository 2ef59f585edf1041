/** What a script of an allowed origin needs to read an answer, beside `Vary`; no credentials mode. RFC 9449 §9 */
export function corsHeaders(request: Request, allowedOrigins: readonly string[]): [string, string][] {
  if (allowedOrigins.length === 0) return [];
  const origin = request.headers.get('origin');
  if (origin === null || !allowedOrigins.includes(origin)) return [['vary', 'Origin']];
  return [
    ['vary', 'Origin'],
    ['access-control-allow-origin', origin],
    ['access-control-expose-headers', 'WWW-Authenticate, DPoP-Nonce'],
  ];
}

/** Answers a preflight, which never carries a token (Fetch standard, CORS-preflight); nothing, if it is none or CORS is off. */
export function preflight(request: Request, allowedOrigins: readonly string[]): Response | undefined {
  const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
  if (!isPreflight || allowedOrigins.length === 0) return undefined;
  const headers = new Headers(corsHeaders(request, allowedOrigins));
  if (headers.has('access-control-allow-origin')) {
    headers.set('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE');
    headers.set('access-control-allow-headers', 'Authorization, DPoP, Content-Type');
    headers.set('access-control-max-age', '600');
  }
  return new Response(null, { status: 204, headers });
}
