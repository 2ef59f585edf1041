/** The names and attributes of this client's cookies. On https they carry the `__Host-` prefix (RFC 6265bis §4.1.3.2). */
export interface CookieStyle {
  readonly prefix: string;
  readonly secure: boolean;
}

export function sessionCookieName(style: CookieStyle): string {
  return `${style.secure ? '__Host-' : ''}${style.prefix}session`;
}

/** A cookie a transaction, so that tabs that start together do not overwrite each other. */
export function loginCookieName(style: CookieStyle, id: string): string {
  return `${style.secure ? '__Host-' : ''}${style.prefix}login_${id}`;
}

/** The cookies of a request in their order; of two with one name the first counts. */
export function readCookies(request: Request): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at > 0 && !cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim());
  }
  return cookies;
}

/** A `Set-Cookie` value; `maxAge` in seconds, 0 removes the cookie. */
export function writeCookie(
  style: CookieStyle,
  cookie: { name: string; value: string; maxAge: number },
): string {
  const { name, value, maxAge } = cookie;
  // Lax: the browser comes back from the authorization server by a cross-site GET and has to bring the cookie.
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${style.secure ? '; Secure' : ''}`;
}
