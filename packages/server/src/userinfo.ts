import { OAuthError, type Reason } from '@valetkey/protocol';
import type { Authority } from './authority.ts';
import type { Caller } from './caller.ts';
import { profileRules } from './config/profile-rules.ts';
import { signJwt } from './keys/sign-jwt.ts';
import { findLiving } from './living.ts';
import { userinfoAlgorithm } from './openid/algorithms.ts';
import { claimsOf, permittedClaims } from './openid/claims.ts';
import { subjectFor } from './openid/subject.ts';
import { requireBoundKey } from './proof/bound-key.ts';
import { openAccessToken } from './token/access-token.ts';

/** Claims as JSON, or signed where the client registered that. */
export type UserInfo = { readonly claims: Readonly<Record<string, unknown>> } | { readonly jwt: string };

/** An access token as it was presented. */
export interface Presented {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
}

/** Userinfo (OpenID Connect Core §5.3), for a living access token with the scope `openid`. No write but for a DPoP proof. */
export async function userinfo(
  authority: Authority,
  caller: Caller,
  presented: Presented,
): Promise<UserInfo> {
  const token = await openAccessToken(authority, presented.token);
  const now = authority.clock();
  if (token === undefined)
    throw invalid({ expected: 'an access token of this server', got: 'another value' });
  if (token.exp * 1000 <= now) throw invalid({ expected: 'a token that lives', got: 'an expired one' });
  const living = await findLiving(authority, token.grantId);
  if (living === undefined || living.grant.accessEpoch !== token.accessEpoch) {
    throw invalid({ expected: 'a grant that lives', got: 'one that was ended, or none' });
  }
  const { grant, client, user } = living;
  const { fapi } = profileRules(authority.config, client);
  await requireBoundKey(authority, caller, { ...presented, key: token.key, fapi });
  requireOpenId(token.scopes);
  const scopes = token.scopes.filter((scope) => client.scopes.includes(scope));
  const claims = {
    sub: subjectFor(authority, client, user.id),
    ...claimsOf(user, scopes, permittedClaims(client, grant.claims?.userinfo)),
  };
  const algorithm = userinfoAlgorithm(authority.config, client);
  if (algorithm === undefined) return { claims };
  const { issuer } = authority.config;
  return {
    jwt: await signJwt(authority, { algorithm, claims: { iss: issuer, aud: client.id, ...claims }, now }),
  };
}

function requireOpenId(scopes: readonly string[]): void {
  if (scopes.includes('openid')) return;
  throw new OAuthError('insufficient_scope', 'The access token lacks the scope openid.', {
    field: 'Authorization',
    expected: 'the scope openid',
    got: scopes.join(' ') || 'no scope',
    requirement: 'TN-055',
  });
}

function invalid(reason: Pick<Reason, 'expected' | 'got'>): OAuthError {
  return new OAuthError('invalid_token', 'The access token is unknown, expired or revoked.', {
    field: 'Authorization',
    ...reason,
    requirement: 'TN-055',
  });
}
