import { fapiAlgorithms, profileRules } from '../config/profile-rules.ts';
import type { Config, Resource } from '../config.ts';
import type { Client, SigningAlgorithm } from '../model.ts';

/** The default of all signed answers (OpenID Connect Registration §2, JARM §3, RFC 9701 §6), but for FAPI, which rules it out. */
const usual = 'RS256';

/** JWS algorithm of a client's ID tokens and logout tokens. */
export function idTokenAlgorithm(config: Config, client: Client): SigningAlgorithm {
  return offered(config, client, client.openid?.idTokenAlgorithm);
}

/** JWS algorithm of a client's userinfo; `undefined`: plain JSON (OpenID Connect Core §5.3.2). */
export function userinfoAlgorithm(config: Config, client: Client): SigningAlgorithm | undefined {
  const registered = client.openid?.userinfoAlgorithm;
  return registered === undefined ? undefined : offered(config, client, registered);
}

/** JWS algorithm of signed authorization responses to a client (JARM §3). */
export function responseAlgorithm(config: Config, client: Client): SigningAlgorithm {
  return offered(config, client, client.requests?.responseAlgorithm);
}

/** JWS algorithm of signed introspection answers to a client (RFC 9701 §6). */
export function introspectionAlgorithm(config: Config, client: Client): SigningAlgorithm {
  return offered(config, client, client.introspectionAlgorithm);
}

/** JWS algorithm of access tokens for a resource: that of the resource, or the first one; under FAPI one that it allows. */
export function accessTokenAlgorithm(
  config: Config,
  client: Client,
  resource: Resource | undefined,
): SigningAlgorithm {
  const allowed = allowedAlgorithms(config, client);
  const wanted = resource?.algorithm ?? config.keys.algorithms[0];
  return allowed.find((algorithm) => algorithm === wanted) ?? firstOf(allowed);
}

/** What the client registered if it is on offer, else the usual one, else the first that is allowed. */
function offered(config: Config, client: Client, registered: SigningAlgorithm | undefined): SigningAlgorithm {
  const allowed = allowedAlgorithms(config, client);
  const wanted = [registered, usual].find((algorithm) => allowed.some((known) => known === algorithm));
  return allowed.find((algorithm) => algorithm === wanted) ?? firstOf(allowed);
}

function allowedAlgorithms(config: Config, client: Client): readonly SigningAlgorithm[] {
  const { fapi } = profileRules(config, client);
  return config.keys.algorithms.filter((algorithm) => !fapi || fapiAlgorithms.includes(algorithm));
}

function firstOf(algorithms: readonly SigningAlgorithm[]): SigningAlgorithm {
  const [first] = algorithms;
  if (first !== undefined) return first;
  throw new Error('No signing algorithm of the configuration is allowed to this client.');
}
