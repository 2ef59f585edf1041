import type { Client, SecurityProfile } from '../model.ts';

/** What a security profile demands where OAuth 2.1 leaves a choice. */
export interface ProfileRules {
  /** FAPI 2.0 Security Profile (https://openid.net/specs/fapi-security-profile-2_0-final.html). */
  readonly fapi: boolean;
  /** FAPI 2.0 Message Signing: requests, responses and introspection answers are signed. */
  readonly signed: boolean;
}

const strictness: readonly SecurityProfile[] = ['oauth2.1', 'fapi2', 'fapi2-message-signing'];

/** The rules for a client: of its profile and the server's the stricter one holds. */
export function profileRules(
  config: { readonly securityProfile: SecurityProfile },
  client: Pick<Client, 'securityProfile'>,
): ProfileRules {
  const level = Math.max(
    strictness.indexOf(config.securityProfile),
    strictness.indexOf(client.securityProfile ?? 'oauth2.1'),
  );
  return { fapi: level >= 1, signed: level >= 2 };
}

/** FAPI §5.3.2.1 (11), in seconds. */
const longestCodeLife = 60;

/** Seconds that a code of a client is good. */
export function codeLifetime(
  config: Pick<Settings, 'securityProfile' | 'lifetimes'>,
  client: Pick<Client, 'securityProfile'>,
): number {
  const { authorizationCode } = config.lifetimes;
  return profileRules(config, client).fapi ? Math.min(authorizationCode, longestCodeLife) : authorizationCode;
}

/** FAPI §5.4.1: RS256 is not among the algorithms. */
export const fapiAlgorithms: readonly string[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Under FAPI the signing algorithms that come without being asked for are those that FAPI allows. */
export function withProfileDefaults(input: unknown): unknown {
  if (!isObject(input) || !isFapi(input.securityProfile)) return input;
  const keys = input.keys ?? {};
  if (!isObject(keys) || keys.algorithms !== undefined) return input;
  return { ...input, keys: { ...keys, algorithms: ['ES256', 'PS256', 'EdDSA'] } };
}

/** What a profile has a say in. */
interface Settings {
  readonly securityProfile: SecurityProfile;
  readonly features: Readonly<
    Record<
      | 'pushedRequests'
      | 'dpop'
      | 'mutualTls'
      | 'openid'
      | 'requestObjects'
      | 'signedResponses'
      | 'signedIntrospection',
      boolean
    >
  >;
  readonly lifetimes: { readonly authorizationCode: number };
  readonly keys: { readonly algorithms: readonly string[] };
  readonly registration: { readonly mode: 'off' | 'token' | 'open' };
}

/** Settings that contradict the profile of the server. */
export function* profileFaults(config: Settings): Generator<string> {
  if (!isFapi(config.securityProfile)) return;
  const profile = config.securityProfile;
  if (!config.features.pushedRequests) yield `features.pushedRequests: ${profile} needs pushed requests`;
  if (!config.features.dpop && !config.features.mutualTls)
    yield `features: ${profile} needs dpop or mutualTls, since every access token is bound to a key`;
  if (!config.features.openid)
    yield `features.openid: ${profile} tells who a person is by OpenID Connect only`;
  if (config.lifetimes.authorizationCode > longestCodeLife)
    yield `lifetimes.authorizationCode: at most ${longestCodeLife} under ${profile}`;
  if (config.keys.algorithms.includes('RS256'))
    yield `keys.algorithms: RS256 is not allowed under ${profile}`;
  if (config.registration.mode === 'open')
    yield `registration.mode: open registration lets in whom nobody knows; ${profile} needs token or off`;
  if (profile !== 'fapi2-message-signing') return;
  if (!config.features.requestObjects) yield `features.requestObjects: ${profile} needs signed requests`;
  if (!config.features.signedResponses) yield `features.signedResponses: ${profile} needs signed responses`;
  if (!config.features.signedIntrospection)
    yield `features.signedIntrospection: ${profile} needs signed introspection answers`;
}

function isFapi(profile: unknown): profile is SecurityProfile {
  return profile === 'fapi2' || profile === 'fapi2-message-signing';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
