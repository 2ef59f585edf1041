import type { ClientAuthentication } from './authentication.ts';
import type { CookieStyle } from './cookies.ts';
import type { ServerMetadata } from './discovery.ts';
import { type ClientError, refusal } from './error.ts';
import { secureUrl } from './secure-url.ts';
import type { SessionStore } from './session.ts';
import type { TransactionStore } from './transaction.ts';
import type { Fetch } from './transport.ts';

/** The settings of one client at one authorization server. */
export interface ClientConfig {
  /** Issuer identifier, compared character for character everywhere (RFC 8414 §3.3, RFC 9207 §2.4). */
  readonly issuer: string;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** The registered redirect URI, sent exactly so. Its origin is the origin of the app. */
  readonly redirectUri: string;
  /** Scope tokens separated by one blank each (RFC 6749 §3.3). */
  readonly scope: string;
  /** The API the token is for (RFC 8707). */
  readonly resource?: string;
  /** Origins of the APIs that access tokens may be sent to, such as `https://api.example`. */
  readonly allowedOrigins: readonly string[];
  readonly sessions: SessionStore;
  /** Default: in this process. With several processes, a store they share. */
  readonly transactions?: TransactionStore;
  /** Metadata of the server (RFC 8414) where it is not to be fetched. */
  readonly metadata?: ServerMetadata;
  /** Go on when the metadata says nothing about PKCE methods. A list without S256 is always refused. Default false. */
  readonly allowUnannouncedPkce?: boolean;
  /** Seconds a session lives. Default 28,800 (8 hours). */
  readonly sessionLifetime?: number;
  /** Start of the cookie names. Cookies are shared by all ports of a host: give each app its own. Default `valetkey_`. */
  readonly cookiePrefix?: string;
  /** Development only: http on `localhost`, `127.0.0.1` and `[::1]`. Default false. */
  readonly allowInsecureLoopback?: boolean;
  readonly fetch?: Fetch;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/** The part of the settings that is derived once. */
export interface Settings {
  readonly appOrigin: string;
  readonly apiOrigins: ReadonlySet<string>;
  readonly cookies: CookieStyle;
  readonly insecureLoopback: boolean;
  /** Milliseconds. */
  readonly sessionLifetime: number;
}

/** Checks the settings, with all faults in one error. */
export function readConfig(config: ClientConfig): Settings {
  const insecureLoopback = config.allowInsecureLoopback === true;
  const redirectUri = secureUrl(config.redirectUri, insecureLoopback);
  const origins = config.allowedOrigins.map((origin) => secureUrl(origin, insecureLoopback)?.origin);
  const found = faults(config, { insecureLoopback, redirectUri, origins });
  if (found.length > 0 || !redirectUri) throw invalid(found);
  return {
    appOrigin: redirectUri.origin,
    apiOrigins: new Set(origins.filter((origin) => origin !== undefined)),
    cookies: { prefix: config.cookiePrefix ?? 'valetkey_', secure: redirectUri.protocol === 'https:' },
    insecureLoopback,
    sessionLifetime: (config.sessionLifetime ?? 8 * 3600) * 1000,
  };
}

interface Derived {
  readonly insecureLoopback: boolean;
  readonly redirectUri: URL | undefined;
  readonly origins: readonly (string | undefined)[];
}

function faults(config: ClientConfig, { insecureLoopback, redirectUri, origins }: Derived): string[] {
  const issuer = secureUrl(config.issuer, insecureLoopback);
  const checks: readonly (readonly [good: boolean, fault: string])[] = [
    [
      issuer !== undefined && !/[?#]/.test(config.issuer),
      'issuer must be an https URL without query or fragment',
    ],
    [config.clientId !== '', 'clientId must not be empty'],
    [
      redirectUri !== undefined && redirectUri.hash === '',
      'redirectUri must be an https URL without fragment',
    ],
    [
      /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(config.scope),
      'scope must hold scope tokens',
    ],
    [
      !config.scope.split(' ').includes('openid'),
      'scope holds openid, but this client does not do OpenID Connect',
    ],
    [!origins.includes(undefined), 'allowedOrigins must be https origins'],
    [
      config.cookiePrefix === undefined || /^[\w-]*$/.test(config.cookiePrefix),
      'cookiePrefix has strange characters',
    ],
    [(config.sessionLifetime ?? 1) > 0, 'sessionLifetime must be a positive number of seconds'],
  ];
  return checks.filter(([good]) => !good).map(([, fault]) => fault);
}

function invalid(found: readonly string[]): ClientError {
  return refusal('configuration_invalid', found.join('; '));
}
