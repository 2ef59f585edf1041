import { ImportedKeys } from '@valetkey/jwt';
import { namesNoPerson } from './access.ts';
import { type AnswerHeaders, transportHeaders } from './answer-headers.ts';
import type { Call } from './call.ts';
import { type DpopConfig, type GuardConfig, issuersOf } from './config.ts';
import type { Scheme } from './credentials.ts';
import type { ProofRules } from './dpop-proof.ts';
import { faults } from './faults.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import { createNonces } from './nonces.ts';
import { Recent } from './recent.ts';
import type { Reason } from './refusal.ts';
import { memoryReplay } from './replay-store.ts';
import { readScopes, type Scopes } from './scopes.ts';
import type { RememberedToken } from './verified.ts';

/** The settings as the verbs use them: checked, with their defaults. */
export interface Settings {
  readonly audience: string;
  readonly metadataUrl: URL;
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** The one that is asked about tokens that are not JWTs. */
  readonly introspecting: Issuer | undefined;
  readonly algorithms: readonly string[];
  readonly imported: ImportedKeys;
  readonly remember: Recent<RememberedToken> | undefined;
  readonly scopes: Scopes;
  /** Seconds. */
  readonly leeway: number;
  readonly schemes: readonly Scheme[];
  readonly dpop: (ProofRules & { readonly required: boolean }) | undefined;
  readonly mtls: { readonly required: boolean; certificate(call: Call): Uint8Array | undefined } | undefined;
  readonly isClientItself: NonNullable<GuardConfig['isClientItself']>;
  readonly allowedOrigins: readonly string[];
  /** On every answer. */
  readonly transport: AnswerHeaders;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onRefusal: (reason: Reason, request: Request) => void;
}

/** Faulty settings are a `TypeError` that names them all. */
export function readConfig(config: GuardConfig): Settings {
  const found = faults(config);
  if (found.length > 0) throw new TypeError(`The guard is not set up correctly: ${found.join('; ')}`);
  const { remember } = config;
  const now = config.clock ?? (() => Date.now());
  const means = {
    algorithms: config.algorithms ?? ['ES256', 'RS256', 'PS256', 'EdDSA'],
    imported: new ImportedKeys(),
    leeway: config.leeway ?? 30,
    now,
  };
  const issuers = issuersOf(config).map((trusted) => createIssuer({ ...means, config, trusted }));
  return {
    ...means,
    audience: config.audience,
    metadataUrl: metadataUrl(config.audience),
    issuers: new Map(issuers.map((issuer) => [issuer.name, issuer])),
    introspecting: issuers.find(({ introspectsAll }) => introspectsAll),
    remember: remember && new Recent(remember.most ?? 10_000),
    scopes: readScopes(config.implies ?? {}),
    ...bindingRules(config, now),
    isClientItself: config.isClientItself ?? namesNoPerson,
    allowedOrigins: config.allowedOrigins ?? [],
    transport: transportHeaders(new URL(config.audience).href),
    onRefusal: config.onRefusal ?? (() => undefined),
  };
}

/** RFC 9728 §3.1: the well-known string goes between host and path, after a lone slash was dropped. */
function metadataUrl(audience: string): URL {
  const url = new URL(audience);
  url.pathname = `/.well-known/oauth-protected-resource${url.pathname === '/' ? '' : url.pathname}`;
  return url;
}

function bindingRules(config: GuardConfig, now: () => number): Pick<Settings, 'schemes' | 'dpop' | 'mtls'> {
  const { dpop, mtls } = config;
  const { required = false } = dpop ?? {};
  return {
    schemes: [...(required ? [] : ['Bearer' as const]), ...(dpop ? ['DPoP' as const] : [])],
    dpop: dpop && { required, ...proofRules(config, { dpop, now }) },
    mtls: mtls && {
      required: mtls.required ?? false,
      certificate: mtls.certificate ?? (({ certificate }) => certificate),
    },
  };
}

function proofRules(
  { audience, publicUrl }: GuardConfig,
  { dpop, now }: { dpop: DpopConfig; now: () => number },
): ProofRules {
  const { origin } = new URL(audience);
  const { nonce } = dpop;
  return {
    algorithms: dpop.algorithms ?? ['ES256', 'PS256', 'EdDSA'],
    nonces:
      nonce &&
      createNonces({
        audience,
        secret: nonce.secret ?? crypto.getRandomValues(new Uint8Array(32)),
        lifetimeSeconds: nonce.lifetimeSeconds ?? 120,
        clock: now,
      }),
    replay: dpop.replay ?? memoryReplay(),
    publicUrl: publicUrl ?? (({ url }) => origin + new URL(url).pathname),
  };
}
