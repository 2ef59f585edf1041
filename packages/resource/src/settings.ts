import { type GuardConfig, issuersOf, type TrustedIssuer } from './config.ts';
import { faults } from './faults.ts';
import { type Introspector, introspector } from './introspect.ts';
import { fixedKeySet, type KeySet, remoteKeySet } from './key-set.ts';
import type { Fetch } from './outgoing.ts';
import { outage, type Reason } from './refusal.ts';
import { serverMetadata } from './server-metadata.ts';

/** The settings as the verbs use them: checked, with their defaults. */
export interface Settings {
  readonly audience: string;
  readonly metadataUrl: URL;
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly algorithms: readonly string[];
  /** Seconds. */
  readonly leeway: number;
  readonly allowedOrigins: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onRefusal: (reason: Reason, request: Request) => void;
}

export interface Issuer {
  readonly name: string;
  readonly keys: KeySet;
  readonly introspect: Introspector | undefined;
}

/** Faulty settings are a `TypeError` that names them all. */
export function readConfig(config: GuardConfig): Settings {
  const found = faults(config);
  if (found.length > 0) throw new TypeError(`The guard is not set up correctly: ${found.join('; ')}`);
  return {
    audience: config.audience,
    metadataUrl: metadataUrl(config.audience),
    issuers: new Map(issuersOf(config).map((trusted) => [trusted.issuer, issuer(config, trusted)])),
    algorithms: config.algorithms ?? ['ES256', 'RS256', 'PS256', 'EdDSA'],
    leeway: config.leeway ?? 30,
    allowedOrigins: config.allowedOrigins ?? [],
    now: clockOf(config),
    onRefusal: config.onRefusal ?? (() => undefined),
  };
}

/** RFC 9728 §3.1: the well-known string goes between host and path, after a lone slash was dropped. */
function metadataUrl(audience: string): URL {
  const url = new URL(audience);
  url.pathname = `/.well-known/oauth-protected-resource${url.pathname === '/' ? '' : url.pathname}`;
  return url;
}

function issuer(config: GuardConfig, trusted: TrustedIssuer): Issuer {
  const fetch: Fetch = config.fetch ?? ((request) => globalThis.fetch(request));
  const source = { issuer: trusted.issuer, fetch, now: clockOf(config) };
  const metadata = serverMetadata({ ...source, insecureLoopback: config.allowInsecureLoopback === true });
  const { introspection } = trusted;
  return {
    name: trusted.issuer,
    keys: trusted.jwks ? fixedKeySet(trusted.jwks) : remoteKeySet({ ...source, metadata }),
    introspect:
      introspection &&
      introspector({
        ...source,
        authentication: introspection.authentication,
        cacheFor: (introspection.cacheSeconds ?? 10) * 1000,
        async endpoint() {
          const endpoint = introspection.endpoint ?? (await metadata.current()).introspectionEndpoint;
          if (endpoint === undefined)
            throw outage(`the metadata of ${trusted.issuer} has no introspection endpoint`);
          return endpoint;
        },
      }),
  };
}

function clockOf(config: GuardConfig): () => number {
  return config.clock ?? (() => Date.now());
}
