import { isScopeToken } from '@valetkey/protocol';
import { z } from 'zod';

const day = 86_400;

const scopeName = z.string().refine(isScopeToken, 'must be a scope token (RFC 6749 section 3.3)');
const seconds = (fallback: number, min: number, max: number) => z.int().min(min).max(max).default(fallback);

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
  })
  .prefault({});

const keys = z
  .strictObject({
    /** Algorithm of access tokens. */
    algorithm: z.literal('ES256').default('ES256'),
    rotateEvery: seconds(30 * day, 600, 365 * day),
    /** How long a new key is in the published set before it signs: longer than caches keep the set (300 s). */
    publishAhead: seconds(day, 600, 30 * day),
    sealRotateEvery: seconds(7 * day, 600, 90 * day),
  })
  .prefault({});

const schema = z.strictObject({
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
  lifetimes,
  keys,
  throttling: z
    .strictObject({
      /** Password tries for one account. */
      account: throttle(10, 900),
      /** Password tries from one address. */
      address: throttle(100, 900),
      /** Failed client authentications of one client from one address. */
      client: throttle(60, 300),
    })
    .prefault({}),
  /** Where operators and developers read about this server. */
  documentation: z.url().optional(),
});

export type ConfigInput = z.input<typeof schema>;
export type Config = z.output<typeof schema>;
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
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`),
    );
  }
  const faults = [...crossFaults(parsed.data)];
  if (faults.length > 0) throw new ConfigError(faults);
  return deepFreeze(parsed.data);
}

function* crossFaults(config: Config): Generator<string> {
  const seen = new Set<string>();
  for (const [i, { identifier, scopes }] of config.resources.entries()) {
    // RFC 9068 §5: distinct audiences, none of them an audience of another kind of token.
    if (seen.has(identifier)) yield `resources.${i}.identifier: ${identifier} is used twice`;
    if (identifier === config.issuer) yield `resources.${i}.identifier: must differ from the issuer`;
    seen.add(identifier);
    for (const scope of scopes) {
      if (!Object.hasOwn(config.scopes, scope))
        yield `resources.${i}.scopes: ${scope} is not described under scopes`;
    }
  }
  const { refreshTokenIdle, refreshTokenAbsolute, sessionIdle, sessionAbsolute } = config.lifetimes;
  if (refreshTokenIdle > refreshTokenAbsolute)
    yield 'lifetimes.refreshTokenIdle: must not exceed refreshTokenAbsolute';
  if (sessionIdle > sessionAbsolute) yield 'lifetimes.sessionIdle: must not exceed sessionAbsolute';
  if (config.keys.publishAhead >= config.keys.rotateEvery)
    yield 'keys.publishAhead: must be shorter than rotateEvery';
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
