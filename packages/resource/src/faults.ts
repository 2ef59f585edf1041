import { type GuardConfig, issuersOf, type TrustedIssuer } from './config.ts';
import { secureUrl } from './secure-url.ts';

/** Public-key signatures (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2): never `none`, never a shared secret. */
const ALGORITHMS = /^(?:[RPE]S(?:256|384|512)|EdDSA|Ed25519)$/;

/** What is wrong with the settings, all of it. */
export function faults(config: GuardConfig): string[] {
  const issuers = issuersOf(config);
  const names = new Set(issuers.map(({ issuer }) => issuer));
  const insecureLoopback = config.allowInsecureLoopback === true;
  const { audience, algorithms = [], leeway = 0, allowedOrigins = [] } = config;
  const checks: readonly (readonly [good: boolean, fault: string])[] = [
    [issuers.length > 0, 'there must be an issuer'],
    // RFC 9207 §4 by analogy: an issuer stands for one server.
    [names.size === issuers.length, 'an issuer occurs twice'],
    [
      issuers.every((one) => isSecureIssuer(one, insecureLoopback)),
      'issuers must be https URLs without query or fragment',
    ],
    [
      issuers.filter(({ introspection }) => introspection).length <= 1,
      'only one issuer may have introspection',
    ],
    [
      issuers.every((one) => hasSecureEndpoint(one, insecureLoopback)),
      'introspection.endpoint must be an https URL',
    ],
    // RFC 9728 §1.2; it also appears between quotes in challenges.
    [
      secureUrl(audience, insecureLoopback) !== undefined && !/[#"\\]/.test(audience),
      'audience must be an https URL without fragment',
    ],
    [algorithms.every((one) => ALGORITHMS.test(one)), 'algorithms must be signatures with public keys'],
    [leeway >= 0 && leeway <= 60, 'leeway must be 0 to 60 seconds'],
    [
      allowedOrigins.every((origin) => isOrigin(origin)),
      'allowedOrigins must be origins, without path and without *',
    ],
  ];
  return checks.filter(([good]) => !good).map(([, fault]) => fault);
}

function isSecureIssuer({ issuer }: TrustedIssuer, insecureLoopback: boolean): boolean {
  return secureUrl(issuer, insecureLoopback) !== undefined && !/[?#]/.test(issuer);
}

function hasSecureEndpoint({ introspection }: TrustedIssuer, insecureLoopback: boolean): boolean {
  const endpoint = introspection?.endpoint;
  return endpoint === undefined || secureUrl(endpoint, insecureLoopback) !== undefined;
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}
