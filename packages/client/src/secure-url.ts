const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The URL, if it is https, or http on loopback where that is allowed; otherwise nothing. RFC 9700 §2.6 */
export function secureUrl(value: unknown, allowInsecureLoopback: boolean): URL | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.username || url.password) return undefined;
  if (url.protocol === 'https:') return url;
  return url.protocol === 'http:' && allowInsecureLoopback && LOOPBACK.has(url.hostname) ? url : undefined;
}
