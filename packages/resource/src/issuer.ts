import type { ImportedKeys } from '@valetkey/jwt';
import type { GuardConfig, Introspection, TrustedIssuer } from './config.ts';
import { introspect, type SignedAnswer } from './introspection-request.ts';
import { type Introspector, introspector } from './introspector.ts';
import { fixedKeySet, type KeySet, remoteKeySet } from './key-set.ts';
import type { Fetch } from './outgoing.ts';
import { outage } from './refusal.ts';
import type { Remembered } from './remembered.ts';
import { type ServerMetadata, serverMetadata } from './server-metadata.ts';

/** An authorization server that is trusted, with the ways to it. */
export interface Issuer {
  readonly name: string;
  readonly keys: KeySet;
  readonly introspect: Introspector | undefined;
  /** Whether it is asked about tokens that are not JWTs too. */
  readonly introspectsAll: boolean;
}

interface Means {
  readonly config: GuardConfig;
  readonly trusted: TrustedIssuer;
  readonly algorithms: readonly string[];
  readonly imported: ImportedKeys;
  readonly leeway: number;
  readonly now: () => number;
}

export function createIssuer(means: Means): Issuer {
  const { config, trusted, now } = means;
  const { issuer, jwks, introspection } = trusted;
  const fetch: Fetch = config.fetch ?? ((request) => globalThis.fetch(request));
  const source = { issuer, fetch, now };
  const metadata = serverMetadata({ ...source, insecureLoopback: config.allowInsecureLoopback === true });
  const keys = jwks ? fixedKeySet({ ...jwks }) : remoteKeySet({ ...source, metadata });
  return {
    name: issuer,
    keys,
    introspect: introspection && introspectorOf({ ...means, introspection, metadata, keys, fetch }),
    introspectsAll: introspection !== undefined && introspection.jwtOnly !== true,
  };
}

interface Ways extends Means {
  readonly introspection: Introspection;
  readonly metadata: Remembered<ServerMetadata>;
  readonly keys: KeySet;
  readonly fetch: Fetch;
}

function introspectorOf(ways: Ways): Introspector {
  const { introspection, metadata, trusted, fetch, now } = ways;
  const { authentication, cacheSeconds = 10 } = introspection;
  const signed = introspection.signed ? signedAnswer(ways) : undefined;
  return introspector({
    now,
    cacheFor: cacheSeconds * 1000,
    async ask(token) {
      const endpoint = introspection.endpoint ?? (await metadata.current()).introspectionEndpoint;
      if (endpoint === undefined)
        throw outage(`the metadata of ${trusted.issuer} has no introspection endpoint`);
      return introspect(token, { endpoint, authentication, fetch, signed, now: now() });
    },
  });
}

function signedAnswer({ introspection, trusted, keys, algorithms, imported, leeway }: Ways): SignedAnswer {
  return {
    issuer: trusted.issuer,
    audience: introspection.authentication.clientId ?? '',
    keys: (header) => keys.for(header),
    algorithms,
    imported,
    leewaySeconds: leeway,
  };
}
