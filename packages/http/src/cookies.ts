import type { Browser } from '@valetkey/server';

/**
 * The two cookies: who is signed in, and which browser this is. On https both have the `__Host-` prefix: set by this
 * host only, for all paths, over TLS (RFC 6265bis §4.1.3.2). On http (loopback, development) cookies are shared by all
 * ports of a host, so the port stands in the name; an issuer with a path has the path in it.
 */
export class Cookies {
  readonly #https: boolean;
  readonly #session: string;
  readonly #browser: string;
  readonly #sessionSeconds: number;

  constructor(issuer: string, sessionSeconds: number) {
    const url = new URL(issuer);
    this.#https = url.protocol === 'https:';
    const port = this.#https ? '' : `_${url.port || '80'}`;
    const path = url.pathname === '/' ? '' : url.pathname.replaceAll(/[^A-Za-z0-9]+/g, '_');
    const prefix = this.#https ? '__Host-' : '';
    this.#session = `${prefix}vk_session${port}${path}`;
    this.#browser = `${prefix}vk_browser${port}${path}`;
    this.#sessionSeconds = sessionSeconds;
  }

  read(request: Request): Browser {
    const header = request.headers.get('cookie') ?? '';
    return { sessionCookie: find(header, this.#session), binding: find(header, this.#browser) };
  }

  session(value: string): string {
    return this.#write(this.#session, value, `; Max-Age=${this.#sessionSeconds}`);
  }

  endSession(): string {
    return this.#write(this.#session, '', '; Max-Age=0');
  }

  browser(binding: string): string {
    return this.#write(this.#browser, binding, '');
  }

  #write(name: string, value: string, life: string): string {
    return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${this.#https ? '; Secure' : ''}${life}`;
  }
}

function find(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals !== -1 && part.slice(0, equals).trim() === name)
      return part.slice(equals + 1).trim() || undefined;
  }
  return undefined;
}
