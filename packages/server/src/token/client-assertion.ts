import { type JsonObject, JwtError, type JwtErrorCode, type KeySource, verifyJwt } from '@valetkey/jwt';
import type { Authority } from '../authority.ts';
import { keysOf } from '../clients/client-keys.ts';
import { profileRules } from '../config/profile-rules.ts';
import { hashSecret } from '../constant-time.ts';
import type { Client } from '../model.ts';
import { assertionAlgorithms } from './client-methods.ts';
import { livingSecrets } from './client-secret.ts';

/** Seconds: by which clocks may differ; how far ahead `exp` may lie; how long ago `iat` may. */
const times = { leewaySeconds: 30, longestLife: 300, oldest: 600 };

/**
 * Why an assertion (RFC 7523 §3) does not prove a client, in words for the operator; `undefined` if it does, and then it
 * has been used up. A wrong one uses up nothing. Throws `KeySetUnavailable`.
 */
export async function assertionFault(
  authority: Authority,
  client: Client,
  assertion: string,
): Promise<{ got: string; requirement: string } | undefined> {
  try {
    const claims = await verify(authority, client, assertion);
    noteAudience(authority, client, claims);
    if (await isFirstUse(authority, client, claims)) return undefined;
    return { got: 'an assertion that was used before', requirement: 'TK-035' };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return { got: `an assertion that is refused: ${error.detail}`, requirement: rows[error.code] };
  }
}

/** By the first of several secrets that fits, where the client has secrets. */
async function verify(authority: Authority, client: Client, assertion: string): Promise<JsonObject> {
  let refused = new JwtError('key', 'no secret of the client is kept in a form that verifies');
  for (const keys of sourcesOf(authority, client)) {
    try {
      return await verifyBy(authority, client, { assertion, keys });
    } catch (error) {
      if (!(error instanceof JwtError) || (error.code !== 'signature' && error.code !== 'key')) throw error;
      refused = error;
    }
  }
  throw refused;
}

function sourcesOf(authority: Authority, client: Client): readonly KeySource[] {
  if (client.authenticationMethod === 'private_key_jwt') return [keysOf(authority, client)];
  return livingSecrets(authority, client).flatMap(({ id, wrapped }) =>
    wrapped === undefined ? [] : [{ secret: authority.rootKey.unwrap(id, wrapped) }],
  );
}

async function verifyBy(
  authority: Authority,
  client: Client,
  { assertion, keys }: { assertion: string; keys: KeySource },
): Promise<JsonObject> {
  const { fapi } = profileRules(authority.config, client);
  return verifyJwt(assertion, {
    types: ['client-authentication+jwt', 'JWT'],
    untyped: 'allowed',
    algorithms: algorithmsOf(client, fapi ? 'fapi2' : 'oauth2.1'),
    keys,
    imported: authority.clientKeys.imported,
    requires: ['iss', 'sub', 'aud', 'exp', 'jti'],
    issuer: client.id,
    subject: client.id,
    audience: { accepted: audiencesOf(authority, client, fapi), form: fapi ? 'string' : 'alone' },
    now: authority.clock(),
    ...times,
  });
}

function algorithmsOf(
  { authenticationMethod, keys }: Client,
  securityProfile: 'oauth2.1' | 'fapi2',
): readonly string[] {
  const isSecret = authenticationMethod === 'client_secret_jwt';
  const only = keys?.assertionAlgorithm;
  return assertionAlgorithms({ securityProfile }).filter(
    (algorithm) => algorithm.startsWith('HS') === isSecret && (only === undefined || algorithm === only),
  );
}

/** The issuer; old clients of OpenID Connect name the token endpoint (Core §9). */
function audiencesOf({ config }: Authority, { compatibility }: Client, fapi: boolean): readonly string[] {
  const isLenient = compatibility?.tokenEndpointAudience === true && !fapi;
  return isLenient ? [config.issuer, `${config.issuer}/token`] : [config.issuer];
}

function noteAudience(authority: Authority, client: Client, { aud }: JsonObject): void {
  const [audience] = Array.isArray(aud) ? aud : [aud];
  if (audience !== authority.config.issuer) authority.compatibility.note(client, 'tokenEndpointAudience');
}

async function isFirstUse(authority: Authority, { id }: Client, claims: JsonObject): Promise<boolean> {
  const key = `assertion:${id}:${hashSecret(String(claims.jti))}`;
  // A minute more than it would be taken: the clocks of two nodes may differ.
  const until = Math.ceil((Number(claims.exp) + times.leewaySeconds + 60) * 1000);
  return (await authority.store.once.use({ key, until, now: authority.clock() })) === 'first';
}

/** What each fault of a JWT is here. */
const rows: Readonly<Record<JwtErrorCode, string>> = {
  malformed: 'TK-031',
  issuer: 'TK-032',
  claim: 'TK-032',
  nonce: 'TK-032',
  audience: 'TK-033',
  algorithm: 'TK-034',
  key: 'TK-034',
  signature: 'TK-034',
  time: 'TK-036',
  type: 'TK-037',
};
