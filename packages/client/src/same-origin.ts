/** Whether a form post comes from a page of this very origin. Another port of the same host is another origin. */
export function isSameOriginPost(request: Request, origin: string): boolean {
  if (request.method !== 'POST') return false;
  const site = request.headers.get('sec-fetch-site');
  // Under Referrer-Policy: no-referrer a browser sends `Origin: null`, so its own verdict comes first.
  if (site !== null) return site === 'same-origin';
  return request.headers.get('origin') === origin;
}
