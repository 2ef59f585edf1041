/** Redirect URIs are compared as strings, never parsed for comparison (RFC 9700 §2.1, §4.1.3). */

/** http loopback literal, its optional port, and the rest: RFC 8252 §7.3. */
const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::(\d{1,5}))?((?:[/?].*)?)$/;
const localhost = /^(http:\/\/localhost)(?::(\d{1,5}))?((?:[/?].*)?)$/;

/** Without both slashes a browser takes the rest for a path of the page it is on. */
const httpsWithHost = /^https:\/\/[^/?#]/i;

/** Even an empty one: what stands before the @ is not where the browser goes. */
const userInformation = /^[^/?#]*\/\/[^/?#]*@/;

/** Schemes that run something or read local files; never a redirect target (RFC 9700 §2.6). */
const forbiddenSchemes = new Set([
  'javascript:',
  'data:',
  'file:',
  'vbscript:',
  'blob:',
  'about:',
  'filesystem:',
  'view-source:',
]);

/**
 * Whether the requested URI is the registered one. Exact comparison, but for the port of an http loopback literal
 * (RFC 8252 §7.3), and of `localhost` for native clients that registered it (RFC 9700 §4.1.3).
 */
export function matchesRedirectUri(
  requested: string,
  registered: string,
  applicationType: 'web' | 'native',
): boolean {
  if (requested === registered) return true;
  if (samePortless(requested, registered, loopback)) return true;
  return applicationType === 'native' && samePortless(requested, registered, localhost);
}

export function isLoopbackRedirectUri(uri: string): boolean {
  return loopback.test(uri) || localhost.test(uri);
}

/** Why a URI cannot be registered, or `undefined` when it can. */
export function redirectUriFault(uri: string, applicationType: 'web' | 'native'): string | undefined {
  // It is sealed into the code, and the code travels in an address.
  if (uri.length > 512) return 'is longer than 512 characters';
  if (!/^[\x21-\x7e]+$/.test(uri) || /["<>\\^`{|}]/.test(uri))
    return 'holds characters that a URI cannot hold';
  const url = URL.parse(uri);
  if (url === null) return 'is not an absolute URI';
  if (uri.includes('#')) return 'has a fragment (RFC 6749 section 3.1.2)';
  if (userInformation.test(uri)) return 'has user information';
  if (forbiddenSchemes.has(url.protocol)) return `has the scheme ${url.protocol}, which is never allowed`;
  if (!isPlainHost(url.hostname)) return 'has a host that is neither a DNS name nor an address';
  if (url.protocol === 'https:') return httpsWithHost.test(uri) ? undefined : 'has no host after https://';
  if (url.protocol === 'http:') return httpFault(uri, applicationType);
  if (applicationType === 'web')
    return 'is neither https nor http on loopback (register the client as native)';
  return url.protocol.includes('.')
    ? undefined
    : 'has a private-use scheme without a dot (RFC 8252 section 7.1)';
}

/** The host ends up in headers and on pages; `;`, `,` and `*` are letters of a host to a URL parser. */
export function isPlainHost(hostname: string): boolean {
  return hostname === '' || /^[a-z0-9._-]+$/i.test(hostname) || /^\[[0-9a-f:.]+\]$/i.test(hostname);
}

function httpFault(uri: string, applicationType: 'web' | 'native'): string | undefined {
  if (loopback.test(uri)) return undefined;
  if (localhost.test(uri)) return undefined;
  return applicationType === 'web'
    ? 'is http; only https, or http on loopback, is allowed (RFC 9700 section 2.6)'
    : 'is http on a host that is not loopback (RFC 8252 section 7.3)';
}

function samePortless(requested: string, registered: string, shape: RegExp): boolean {
  const asked = shape.exec(requested);
  const known = shape.exec(registered);
  if (asked === null || known === null) return false;
  if (asked[2] !== undefined && Number(asked[2]) > 65_535) return false;
  return asked[1] === known[1] && asked[3] === known[3];
}
