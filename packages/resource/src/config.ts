import type { JsonObject, Jwk } from '@valetkey/jwt';
import type { Call } from './call.ts';
import type { IntrospectionAuthentication } from './introspection-credentials.ts';
import type { Fetch } from './outgoing.ts';
import type { Reason } from './refusal.ts';
import type { ReplayStore } from './replay-store.ts';

/** An authorization server whose tokens are accepted. */
export interface TrustedIssuer {
  /** Issuer identifier, compared character for character with `iss`. */
  readonly issuer: string;
  /** Its keys, where they are not to be fetched. */
  readonly jwks?: { readonly keys: readonly Jwk[] };
  /** For tokens that are not JWTs, and for calls that want revocation checked. */
  readonly introspection?: Introspection;
}

export interface Introspection {
  /** Default: `introspection_endpoint` of the metadata. */
  readonly endpoint?: string;
  readonly authentication: IntrospectionAuthentication;
  /** Seconds an active answer may be used again: how long a revoked token can still pass. Default 10, 0 asks every time. */
  readonly cacheSeconds?: number;
  /** Answers must be JWTs that the issuer signed for this API (RFC 9701). Default false. */
  readonly signed?: boolean;
  /** Asked about JWTs only. Tokens that are not JWTs name no issuer, so that one issuer at most may hear of them. */
  readonly jwtOnly?: boolean;
}

/** The settings of one protected resource, with one issuer or several. */
export type GuardConfig = ResourceConfig & (TrustedIssuer | { readonly issuers: readonly TrustedIssuer[] });

export interface ResourceConfig {
  /**
   * Resource identifier: the `aud` that tokens must have (RFC 9068 §4) and the `resource` of the metadata (RFC 9728 §2).
   * In `aud`, scheme and host may be in any case.
   */
  readonly audience: string;
  /** Name of the resource for people, in the metadata. */
  readonly resourceName?: string;
  /** Scope tokens this resource knows, in the metadata; `offline_access` is none of them. */
  readonly scopesSupported?: readonly string[];
  /** Types of authorization details this resource knows, in the metadata (RFC 9396 §10). */
  readonly authorizationDetailsTypes?: readonly string[];
  /** Scope tokens that stand for others too, as `{ 'files:write': ['files:read'] }`, over any number of steps. */
  readonly implies?: Readonly<Record<string, readonly string[]>>;
  /** Signature algorithms taken. Default `ES256`, `RS256`, `PS256`, `EdDSA`. */
  readonly algorithms?: readonly string[];
  /** Seconds by which clocks may differ, 60 at most. Default 30. */
  readonly leeway?: number;
  /** Takes tokens bound to a key of the client by DPoP (RFC 9449). Default: refuses them. */
  readonly dpop?: DpopConfig;
  /** Takes tokens bound to a certificate of the client (RFC 8705). Default: refuses them. */
  readonly mtls?: MtlsConfig;
  /** Remembers verified JWTs, by their hash, until they expire or the keys are read again. Default: verifies each time. */
  readonly remember?: { readonly most?: number };
  /** Whether a token is one of a client that acts for itself, where an issuer says so in a way of its own. */
  readonly isClientItself?: (claims: JsonObject) => boolean;
  /** The URL of a request as the client knows it. Default: its path at the origin of `audience`. */
  readonly publicUrl?: (request: Request) => string;
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

export interface DpopConfig {
  /** Whether a token without such a key is refused. Default false. */
  readonly required?: boolean;
  /** Signature algorithms of proofs. Default `ES256`, `PS256`, `EdDSA`. */
  readonly algorithms?: readonly string[];
  /** Demands nonces of this API in proofs (RFC 9449 §9). Default: the age of a proof is enough. */
  readonly nonce?: NonceConfig;
  /** Which proofs were used. Default `memoryReplay()`, of this process alone: several processes need one they share. */
  readonly replay?: ReplayStore;
}

export interface NonceConfig {
  /** 32 bytes or more, the same in all processes of the API. Default random, for one process. */
  readonly secret?: Uint8Array;
  /** Seconds a nonce is good for, at least; half as long again at most. Default 120. */
  readonly lifetimeSeconds?: number;
}

export interface MtlsConfig {
  /** Whether a token without such a certificate is refused. Default false. */
  readonly required?: boolean;
  /** The certificate of the client. Default: that of the connection; behind a proxy, see `certificateFromProxy`. */
  readonly certificate?: (call: Call) => Uint8Array | undefined;
}

export function issuersOf(config: GuardConfig): readonly TrustedIssuer[] {
  return 'issuers' in config ? config.issuers : [config];
}
