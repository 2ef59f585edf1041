import type { Authority, ClientCertificate } from '@valetkey/server';
import type { Cookies } from './cookies.ts';
import type { FailureLimit } from './failure-limit.ts';
import type { OriginBook } from './origin-book.ts';
import type { Frame, Pages } from './pages/views.ts';

/** What every endpoint works with. */
export interface Context {
  readonly authority: Authority;
  readonly pages: Pages;
  readonly cookies: Cookies;
  readonly origins: OriginBook;
  readonly failures: FailureLimit;
  /** Path of the issuer without trailing slash. */
  readonly base: string;
  readonly https: boolean;
  readonly frame: () => Frame;
}

/** One request, with the address of the browser or client behind it. */
export interface Visit {
  readonly request: Request;
  readonly url: URL;
  readonly address: string;
  /** Shown in the TLS handshake, here or at a trusted proxy (RFC 8705). */
  readonly certificate?: ClientCertificate;
}

export type Endpoint = (context: Context, visit: Visit) => Promise<Response>;
