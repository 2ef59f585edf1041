import { isLoopbackHost } from '../config.ts';

/** Characters at most: the id is sealed into codes and tokens. */
const longest = 512;

/** Whether a client id claims to be the URL of the client's metadata. */
export function isDocumentUrl(clientId: string): boolean {
  return /^https?:/i.test(clientId);
}

/**
 * Why a client id is not a URL that metadata may be published at (Client ID Metadata Document §3), or `undefined` if it is. It
 * has to be written the one way a parser would write it, so that nobody passes for another by the spelling.
 */
export function documentUrlFault(
  { issuer }: { readonly issuer: string },
  clientId: string,
): string | undefined {
  const url = URL.parse(clientId);
  if (url === null) return 'it is not a URL';
  if (clientId.length > longest) return `it has more than ${longest} characters`;
  if (url.protocol !== 'https:' && !isDevelopment(issuer, url)) return 'it is not https';
  if (clientId.includes('#')) return 'it has a fragment';
  if (/^[^/?#]*\/\/[^/?#]*@/.test(clientId)) return 'it has user information';
  if (/\/(\.|%2e){1,2}([/?]|$)/i.test(clientId)) return 'it has a . or .. in its path';
  if (url.pathname === '/') return 'it has no path';
  return url.href === clientId ? undefined : 'it is not written in the usual way';
}

/** A server that itself runs by http on loopback reads from there. */
function isDevelopment(issuer: string, { protocol, hostname }: URL): boolean {
  return issuer.startsWith('http:') && protocol === 'http:' && isLoopbackHost(hostname);
}
