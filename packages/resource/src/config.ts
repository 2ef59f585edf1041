import type { JSONWebKeySet } from 'jose';
import type { IntrospectionAuthentication } from './introspection-credentials.ts';
import type { Fetch } from './outgoing.ts';
import type { Reason } from './refusal.ts';

/** An authorization server whose tokens are accepted. */
export interface TrustedIssuer {
  /** Issuer identifier, compared character for character with `iss`. */
  readonly issuer: string;
  /** Its keys, where they are not to be fetched. */
  readonly jwks?: JSONWebKeySet;
  /** For tokens that are not JWTs. Of several issuers, one at most may have it. */
  readonly introspection?: Introspection;
}

export interface Introspection {
  /** Default: `introspection_endpoint` of the metadata. */
  readonly endpoint?: string;
  readonly authentication: IntrospectionAuthentication;
  /** Seconds an active answer may be used again: how long a revoked token can still pass. Default 10, 0 asks every time. */
  readonly cacheSeconds?: number;
}

/** The settings of one protected resource, with one issuer or several. */
export type GuardConfig = ResourceConfig & (TrustedIssuer | { readonly issuers: readonly TrustedIssuer[] });

export interface ResourceConfig {
  /** Resource identifier: the `aud` that tokens must have (RFC 9068 §4) and the `resource` of the metadata (RFC 9728 §2). */
  readonly audience: string;
  /** Name of the resource for people, in the metadata. */
  readonly resourceName?: string;
  /** Scope tokens this resource knows, in the metadata. */
  readonly scopesSupported?: readonly string[];
  /** Signature algorithms taken. Default `ES256`, `RS256`, `PS256`, `EdDSA`. */
  readonly algorithms?: readonly string[];
  /** Seconds by which clocks may differ, 60 at most. Default 30. */
  readonly leeway?: number;
  /** Origins whose scripts may call. Default none. */
  readonly allowedOrigins?: readonly string[];
  /** Hears of every refusal, to be logged. */
  readonly onRefusal?: (reason: Reason, request: Request) => void;
  /** Development only: http on `localhost`, `127.0.0.1` and `[::1]`. Default false. */
  readonly allowInsecureLoopback?: boolean;
  readonly fetch?: Fetch;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

export function issuersOf(config: GuardConfig): readonly TrustedIssuer[] {
  return 'issuers' in config ? config.issuers : [config];
}
