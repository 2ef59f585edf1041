import { isScopeToken } from '@valetkey/protocol';
import { z } from 'zod';
import {
  authenticationContexts,
  authorizationDetails,
  clientIdDocuments,
  dpop,
  features,
  registration,
  requests,
} from './config/features.ts';
import { openidScopes } from './config/openid-scopes.ts';
import { profileFaults, withProfileDefaults } from './config/profile-rules.ts';
import { detailTypeFaults } from './rich/detail-types.ts';

const day = 86_400;

const scopeName = z.string().refine(isScopeToken, 'must be a scope token (RFC 6749 section 3.3)');
const seconds = (fallback: number, min: number, max: number) => z.int().min(min).max(max).default(fallback);

const signingAlgorithm = z.enum(['ES256', 'RS256', 'PS256', 'EdDSA']);

const throttle = (limit: number, window: number) =>
  z
    .strictObject({ limit: z.int().min(1).default(limit), windowSeconds: z.int().min(1).default(window) })
    .prefault({});

const resource = z.strictObject({
  /** Resource indicator (RFC 8707 §2): becomes `aud`. */
  identifier: z.string().refine(isResourceIdentifier, 'must be an absolute URI without fragment'),
  /** Shown at consent. */
  name: z.string().min(1).max(100),
  scopes: z.array(scopeName).min(1),
  accessTokenFormat: z.enum(['jwt', 'opaque']).default('jwt'),
  /** Seconds; absent: as `lifetimes.accessToken`. */
  accessTokenLifetime: z.int().min(10).max(day).optional(),
  /** JWS algorithm of its access tokens; absent: the first of `keys.algorithms`. */
  algorithm: signingAlgorithm.optional(),
  /** `acr_values` are demands here, not wishes (RFC 9470 §5). */
  stepUp: z.boolean().default(false),
});

const lifetimes = z
  .strictObject({
    authorizationCode: seconds(60, 1, 600),
    accessToken: seconds(600, 10, day),
    refreshTokenIdle: seconds(30 * day, 60, 365 * day),
    refreshTokenAbsolute: seconds(180 * day, 60, 365 * day),
    /** In which the token that was just replaced gives the same successor again; 0 turns it off. */
    refreshGrace: seconds(10, 0, 60),
    sessionIdle: seconds(2 * day, 60, 90 * day),
    sessionAbsolute: seconds(14 * day, 60, 365 * day),
    /** How long a sign-in or consent page stays good. */
    interaction: seconds(1800, 60, day),
    idToken: seconds(600, 60, 3600),
  })
  .prefault({});

const keys = z
  .strictObject({
    /** JWS algorithms that are signed with; the first is that of access tokens. */
    algorithms: z
      .tuple([signingAlgorithm], signingAlgorithm)
      .refine((algorithms) => new Set(algorithms).size === algorithms.length, 'must not name one twice')
      .default(['ES256', 'RS256', 'PS256', 'EdDSA']),
    rotateEvery: seconds(30 * day, 600, 365 * day),
    /** How long a new key is in the published set before it signs: longer than caches keep the set (300 s). */
    publishAhead: seconds(day, 600, 30 * day),
    sealRotateEvery: seconds(7 * day, 600, 90 * day),
  })
  .prefault({});

/** Every setting with its default; `readConfig` checks what it cannot say. */
export const configSchema = z.strictObject({
  /** https URL without query or fragment; http on loopback only, for development (RFC 8414 §2). */
  issuer: z.string().superRefine((issuer, context) => {
    const fault = issuerFault(issuer);
    if (fault !== undefined) context.addIssue(fault);
  }),
  /** Name of this server on its pages. */
  brand: z.string().min(1).max(60).default('Valetkey'),
  /** Scope to the phrase that follows "APP wants to": "see your photos". */
  scopes: z.record(scopeName, z.strictObject({ description: z.string().min(1).max(200) })),
  resources: z.array(resource).min(1),
  /** `fapi2` and `fapi2-message-signing` switch the rules of FAPI 2.0 on for every client. */
  securityProfile: z.enum(['oauth2.1', 'fapi2', 'fapi2-message-signing']).default('oauth2.1'),
  /**
   * Another https address of this server, `https://mtls.auth.example`, at which it asks for client certificates, so that
   * browsers are not asked for any (RFC 8705 §5). Needs `features.mutualTls`.
   */
  mtlsAddress: z
    .string()
    .refine(isBareAddress, 'must be an https URL without query, fragment or slash at the end')
    .optional(),
  features,
  requests,
  dpop,
  authenticationContexts,
  authorizationDetails,
  registration,
  clientIdDocuments,
  lifetimes,
  keys,
  throttling: z
    .strictObject({
      /** Password tries for one account. */
      account: throttle(10, 900),
      /** Password tries from one address. */
      address: throttle(100, 900),
      /** Accounts that people make from one address. */
      signUp: throttle(10, 3600),
      /** Failed client authentications of one client from one address. */
      client: throttle(60, 300),
    })
    .prefault({}),
  /** Where operators and developers read about this server. */
  documentation: z.url().optional(),
});

export type ConfigInput = z.input<typeof configSchema>;
export type Config = z.output<typeof configSchema>;
export type Resource = Config['resources'][number];

/** Every fault of a configuration at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`,
    );
    this.faults = faults;
  }
}

/** Parses, checks, and freezes. Throws `ConfigError` with all faults. */
export function readConfig(input: unknown): Config {
  const parsed = configSchema.safeParse(withProfileDefaults(input));
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`),
    );
  }
  const config = withOpenIdScopes(parsed.data);
  const faults = [...crossFaults(config), ...profileFaults(config)];
  if (faults.length > 0) throw new ConfigError(faults);
  return deepFreeze(config);
}

/** They are there without being written down; the configuration may word them anew. */
function withOpenIdScopes(config: Config): Config {
  return config.features.openid ? { ...config, scopes: { ...openidScopes, ...config.scopes } } : config;
}

function* crossFaults(config: Config): Generator<string> {
  yield* resourceFaults(config);
  yield* requestFaults(config);
  yield* openScopeFaults(config);
  yield* detailTypeFaults(config);
  const { refreshTokenIdle, refreshTokenAbsolute, sessionIdle, sessionAbsolute } = config.lifetimes;
  if (refreshTokenIdle > refreshTokenAbsolute)
    yield 'lifetimes.refreshTokenIdle: must not exceed refreshTokenAbsolute';
  if (sessionIdle > sessionAbsolute) yield 'lifetimes.sessionIdle: must not exceed sessionAbsolute';
  if (Object.hasOwn(config.scopes, 'openid') && !config.features.openid)
    yield 'scopes.openid: belongs to OpenID Connect; switch features.openid on, or name the scope otherwise';
  if (config.mtlsAddress !== undefined && !config.features.mutualTls)
    yield 'mtlsAddress: certificates of clients are off; switch features.mutualTls on';
  if (config.keys.publishAhead >= config.keys.rotateEvery)
    yield 'keys.publishAhead: must be shorter than rotateEvery';
}

/** What clients that arrive by themselves may have must be there to be had. */
function* openScopeFaults({ scopes, registration, clientIdDocuments }: Config): Generator<string> {
  for (const [name, open] of Object.entries({ registration, clientIdDocuments })) {
    for (const scope of open.scopes ?? []) {
      if (!Object.hasOwn(scopes, scope)) yield `${name}.scopes: ${scope} is not described under scopes`;
    }
  }
}

/** Where every request would be refused. */
function* requestFaults({ requests: demanded, features: offered }: Config): Generator<string> {
  if (demanded.requirePushed && !offered.pushedRequests)
    yield 'requests.requirePushed: nothing can be pushed while features.pushedRequests is off';
  if (demanded.requireSigned && !offered.requestObjects && !offered.requestUris)
    yield 'requests.requireSigned: nothing can be signed while features.requestObjects and requestUris are off';
}

function* resourceFaults(config: Config): Generator<string> {
  const seen = new Set<string>();
  for (const [i, { identifier, scopes, algorithm }] of config.resources.entries()) {
    if (algorithm !== undefined && !config.keys.algorithms.includes(algorithm))
      yield `resources.${i}.algorithm: ${algorithm} is not among keys.algorithms`;
    // RFC 9068 §5: distinct audiences, none of them an audience of another kind of token.
    if (seen.has(identifier)) yield `resources.${i}.identifier: ${identifier} is used twice`;
    if (identifier === config.issuer) yield `resources.${i}.identifier: must differ from the issuer`;
    seen.add(identifier);
    for (const scope of scopes) {
      if (!Object.hasOwn(config.scopes, scope))
        yield `resources.${i}.scopes: ${scope} is not described under scopes`;
    }
  }
}

function issuerFault(issuer: string): string | undefined {
  const url = URL.parse(issuer);
  if (url === null) return 'must be a URL';
  if (issuer.includes('?') || issuer.includes('#')) return 'must have no query and no fragment';
  if (url.username !== '' || url.password !== '') return 'must have no user information';
  const canonical = url.pathname === '/' ? url.origin : url.origin + url.pathname;
  if (issuer !== canonical) return `must be written ${canonical}`;
  if (issuer.endsWith('/')) return 'must not end with a slash';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && isLoopbackHost(url.hostname)) return undefined;
  return 'must be https (http is allowed on localhost, 127.0.0.1 and [::1] only)';
}

function isBareAddress(address: string): boolean {
  return address.startsWith('https:') && issuerFault(address) === undefined;
}

export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

function isResourceIdentifier(identifier: string): boolean {
  return URL.canParse(identifier) && !identifier.includes('#') && !/\s/.test(identifier);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
