import { hash } from 'node:crypto';
import type { Authority } from '../authority.ts';
import { signJwt } from '../keys/sign-jwt.ts';
import type { Client, Grant, SigningAlgorithm, User } from '../model.ts';
import { idTokenAlgorithm } from '../openid/algorithms.ts';
import { claimsOf, permittedClaims } from '../openid/claims.ts';
import { sessionIdFor, subjectFor } from '../openid/subject.ts';

export interface IdTokenFacts {
  readonly client: Client;
  readonly user: User;
  readonly accessToken: string;
  /** Of this token response: a refresh may ask for fewer than were granted. */
  readonly scopes: readonly string[];
  /** Of the authorization request; a refresh has none (OpenID Connect Core §12.2). */
  readonly nonce?: string | undefined;
}

/** An ID token about the person of a grant (OpenID Connect Core §2). */
export function issueIdToken(authority: Authority, grant: Grant, facts: IdTokenFacts): Promise<string> {
  const { client, user, accessToken, nonce } = facts;
  const { config } = authority;
  const now = authority.clock();
  const iat = Math.floor(now / 1000);
  const algorithm = idTokenAlgorithm(config, client);
  const claims = {
    iss: config.issuer,
    sub: subjectFor(authority, client, grant.userId),
    aud: client.id,
    exp: iat + config.lifetimes.idToken,
    iat,
    auth_time: Math.floor(grant.authenticatedAt / 1000),
    ...(grant.acr === undefined ? {} : { acr: grant.acr }),
    amr: grant.amr,
    ...(nonce === undefined ? {} : { nonce }),
    at_hash: leftHalf(algorithm, accessToken),
    ...(tellsSessions(authority) ? { sid: sessionIdFor(authority, client, grant.sessionId) } : {}),
    // Core §5.4: beside an access token the claims of the scopes are for userinfo.
    ...claimsOf(
      user,
      client.openid?.claimsInIdToken ? facts.scopes : [],
      permittedClaims(client, grant.claims?.id_token),
    ),
  };
  return signJwt(authority, { algorithm, typ: 'JWT', claims, now });
}

/** Whether clients need a name for the session, to hear or to tell of its end. */
export function tellsSessions({ config: { features } }: Pick<Authority, 'config'>): boolean {
  return features.rpLogout || features.backChannelLogout || features.frontChannelLogout;
}

/** Core §3.1.3.6: the left half of the hash that the signature uses; SHA-512 under Ed25519. */
function leftHalf(algorithm: SigningAlgorithm, text: string): string {
  const digest = hash(algorithm === 'EdDSA' ? 'sha512' : 'sha256', text, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
