import { type DpopConfig, type GuardConfig, issuersOf, type TrustedIssuer } from './config.ts';
import { secureUrl } from './secure-url.ts';

/** Public-key signatures (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2): never `none`, never a shared secret. */
const ALGORITHMS = /^(?:[RPE]S(?:256|384|512)|EdDSA|Ed25519)$/;

type Check = readonly [good: boolean, fault: string];

/** What is wrong with the settings, all of it. */
export function faults(config: GuardConfig): string[] {
  const insecureLoopback = config.allowInsecureLoopback === true;
  const { audience, algorithms = [], leeway = 0, allowedOrigins = [], remember, dpop = {} } = config;
  const checks: readonly Check[] = [
    ...issuerChecks(issuersOf(config), insecureLoopback),
    // RFC 9728 §1.2; it also appears between quotes in challenges.
    [
      secureUrl(audience, insecureLoopback) !== undefined && !/[#"\\]/.test(audience),
      'audience must be an https URL without fragment',
    ],
    [isAlgorithms(algorithms), 'algorithms must be signatures with public keys'],
    [leeway >= 0 && leeway <= 60, 'leeway must be 0 to 60 seconds'],
    [
      allowedOrigins.every((origin) => isOrigin(origin)),
      'allowedOrigins must be origins, without path and without *',
    ],
    [(remember?.most ?? 1) >= 1, 'remember.most must be 1 or more'],
    ...dpopChecks(dpop),
  ];
  return checks.filter(([good]) => !good).map(([, fault]) => fault);
}

function issuerChecks(issuers: readonly TrustedIssuer[], insecureLoopback: boolean): Check[] {
  const names = new Set(issuers.map(({ issuer }) => issuer));
  const all = issuers.flatMap(({ introspection = [] }) => introspection);
  return [
    [issuers.length > 0, 'there must be an issuer'],
    // RFC 9207 §4 by analogy: an issuer stands for one server.
    [names.size === issuers.length, 'an issuer occurs twice'],
    [
      issuers.every((one) => isSecureIssuer(one, insecureLoopback)),
      'issuers must be https URLs without query or fragment',
    ],
    [
      all.filter(({ jwtOnly }) => jwtOnly !== true).length <= 1,
      'only one issuer may have introspection that is not jwtOnly',
    ],
    [
      all.every(({ endpoint }) => endpoint === undefined || secureUrl(endpoint, insecureLoopback)),
      'introspection.endpoint must be an https URL',
    ],
    [
      all.every(({ signed, authentication }) => signed !== true || Boolean(authentication.clientId)),
      'introspection.signed needs an authentication with a clientId',
    ],
  ];
}

function dpopChecks({ algorithms = ['ES256'], nonce = {} }: DpopConfig): Check[] {
  return [
    [
      algorithms.length > 0 && isAlgorithms(algorithms),
      'dpop.algorithms must be signatures with public keys',
    ],
    [(nonce.secret?.length ?? 32) >= 32, 'dpop.nonce.secret must have 32 bytes or more'],
    [
      (nonce.lifetimeSeconds ?? 1) >= 1 && (nonce.lifetimeSeconds ?? 1) <= 3600,
      'dpop.nonce.lifetimeSeconds must be 1 to 3600',
    ],
  ];
}

function isAlgorithms(algorithms: readonly string[]): boolean {
  return algorithms.every((one) => ALGORITHMS.test(one));
}

function isSecureIssuer({ issuer }: TrustedIssuer, insecureLoopback: boolean): boolean {
  return secureUrl(issuer, insecureLoopback) !== undefined && !/[?#]/.test(issuer);
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}
