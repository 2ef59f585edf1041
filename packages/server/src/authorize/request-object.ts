import { JwtError, verifyJwt } from '@valetkey/jwt';
import { OAuthError, type Pair, Parameters, shown } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { KeySetUnavailable } from '../clients/client-key-sets.ts';
import { keysOf } from '../clients/client-keys.ts';
import { fapiAlgorithms, profileRules } from '../config/profile-rules.ts';
import type { Client } from '../model.ts';
import { findClient } from '../register/find-client.ts';
import { assertionAlgorithms } from '../token/client-methods.ts';

/** Characters of a request object, by value or fetched. */
const longest = 16_384;

/** FAPI 2.0 Message Signing §5.3.1: seconds from `nbf` to now, and from `nbf` to `exp`. */
const signedLife = 3600;

/** Claims of the JWT itself; all others are parameters of the request (RFC 9101 §4). */
const ofTheJwt = new Set(['iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'jti']);

/**
 * The parameters in a signed request object (RFC 9101), and nothing from outside it. Throws `invalid_request_object`, or
 * `invalid_request_uri` where it cannot be fetched.
 */
export async function openRequestObject(authority: Authority, outer: Parameters): Promise<Parameters> {
  const clientId = outer.one('client_id');
  const client = clientId === undefined ? null : await findClient(authority, clientId);
  if (client === null) throw refused('client_id', { expected: 'a registered client', got: shown(clientId) });
  const object =
    outer.one('request') ?? (await fetchObject(authority, client, outer.one('request_uri') ?? ''));
  const claims = await verify(authority, client, object);
  requireSameClient(claims, client);
  requireNoNesting(claims);
  return Parameters.of(Object.entries(claims).flatMap(([name, value]) => toPairs(name, value)));
}

async function verify(
  authority: Authority,
  client: Client,
  object: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { config } = authority;
  const { fapi, signed } = profileRules(config, client);
  const registered = client.requests?.objectAlgorithm;
  const algorithms = assertionAlgorithms(config).filter(
    (algorithm) =>
      !algorithm.startsWith('HS') &&
      (!fapi || fapiAlgorithms.includes(algorithm)) &&
      (registered === undefined || algorithm === registered),
  );
  try {
    const claims = await verifyJwt(object, {
      types: ['oauth-authz-req+jwt', 'JWT'],
      untyped: 'allowed',
      algorithms,
      keys: keysOf(authority, client),
      imported: authority.clientKeys.imported,
      now: authority.clock(),
      requires: signed ? ['aud', 'nbf', 'exp'] : [],
    });
    requireOwnAudience(claims, { issuer: config.issuer, client });
    if (signed) requireShortLife(claims, authority.clock());
    return claims;
  } catch (error) {
    if (error instanceof KeySetUnavailable) {
      throw refused('request', { expected: 'a key set of the client', got: error.message }, 'AZ-103');
    }
    if (!(error instanceof JwtError)) throw error;
    const requirement = requirements[error.code] ?? 'AZ-103';
    throw refused('request', { expected: 'a good request object', got: error.detail }, requirement);
  }
}

const requirements: Readonly<Record<string, string>> = {
  type: 'AZ-107',
  issuer: 'AZ-106',
  audience: 'AZ-106',
  time: 'AZ-106',
  claim: 'FP-050',
};

/** RFC 9101 §4: where they are said, they are the client and this server. */
function requireOwnAudience(
  { iss, aud }: Readonly<Record<string, unknown>>,
  { issuer, client }: { issuer: string; client: Client },
): void {
  if (iss !== undefined && iss !== client.id) {
    throw refused('request', { expected: `iss ${client.id}`, got: 'another iss' }, 'AZ-106');
  }
  if (aud !== undefined && ![aud].flat().includes(issuer)) {
    throw refused('request', { expected: `aud ${issuer}`, got: 'another aud' }, 'AZ-106');
  }
}

function requireShortLife({ nbf, exp }: Readonly<Record<string, unknown>>, now: number): void {
  const [from, until] = [Number(nbf), Number(exp)];
  if (now / 1000 - from <= signedLife && until - from <= signedLife) return;
  const got = 'an older or longer one';
  throw refused('request', { expected: 'nbf and exp within 60 minutes', got }, 'FP-050');
}

/** RFC 9101 §5.2: only from where the client registered, so that nobody makes this server fetch what he likes. */
async function fetchObject(authority: Authority, client: Client, uri: string): Promise<string> {
  const registered = client.requests?.requestUris?.includes(uri) ?? false;
  if (!registered) throw badUri('a request_uri that the client registered', shown(uri));
  const accept = ['application/oauth-authz-req+jwt', 'application/jwt'];
  const fetched = await authority.fetcher.fetch({ url: uri, accept, longest });
  if (fetched.outcome === 'fetched') return fetched.body.trim();
  throw badUri('a request object at this address', fetched.why);
}

function requireSameClient(claims: Readonly<Record<string, unknown>>, client: Client): void {
  if (claims.client_id === client.id) return;
  throw refused('client_id', { expected: client.id, got: 'another client_id, or none' }, 'AZ-102');
}

function requireNoNesting(claims: Readonly<Record<string, unknown>>): void {
  const nested = ['request', 'request_uri'].find((name) => Object.hasOwn(claims, name));
  if (nested === undefined) return;
  throw refused(nested, { expected: 'absent inside a request object', got: 'present' }, 'AZ-104');
}

/** RFC 9101 §4: strings as they are, numbers in decimal, several resources as several parameters, the rest as JSON. */
function toPairs(name: string, value: unknown): Pair[] {
  if (ofTheJwt.has(name) || value === null || value === undefined) return [];
  if (name === 'resource' && Array.isArray(value)) return value.map((each): Pair => [name, String(each)]);
  if (typeof value === 'object') return [[name, JSON.stringify(value)]];
  return [[name, String(value)]];
}

function refused(field: string, told: { expected: string; got: string }, requirement = 'AZ-102'): OAuthError {
  const text = 'The request object is unreadable, badly signed, or not for this server.';
  return new OAuthError('invalid_request_object', text, { field, ...told, requirement });
}

function badUri(expected: string, got: string): OAuthError {
  return new OAuthError('invalid_request_uri', 'The request_uri cannot be used.', {
    field: 'request_uri',
    expected,
    got,
    requirement: 'AZ-111',
  });
}
