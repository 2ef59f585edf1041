import { OAuthError, type RefreshTokenRequest, writeScope } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { profileRules } from '../config/profile-rules.ts';
import type { ConfirmationKey, Grant, RevocationReason, User } from '../model.ts';
import { isSameKey } from '../proof/proven-key.ts';
import { grantFault, tombstoneUntil } from '../standing.ts';
import type { AuthenticatedClient } from './authenticate.ts';
import { openRefreshToken, type RefreshToken } from './refresh-token.ts';
import { invalidGrant } from './refusals.ts';
import { rememberUse } from './remember-use.ts';
import { grantedTarget, narrowTarget, type Target } from './target.ts';

export interface Refreshed {
  readonly grant: Grant;
  /** What the new access token is for: what was asked, within what is granted and still permitted. */
  readonly target: Target;
  readonly user: User;
  /** `same`: the client keeps the token it presented. */
  readonly refreshToken: 'next' | 'same';
  /** The key that the next one is bound to. */
  readonly bound: ConfirmationKey | undefined;
}

/** How fine the last use of a token that does not rotate is known. */
const useGranularity = 3_600_000;

/** RFC 6749 §6. All that can be refused without the grant is refused before the grant is touched. */
export async function refresh(
  authority: Authority,
  client: AuthenticatedClient,
  { request, key }: { request: RefreshTokenRequest; key: ConfirmationKey | undefined },
): Promise<Refreshed> {
  const token = await openRefreshToken(authority, request.refreshToken);
  if (token === undefined) {
    throw refused({
      expected: 'a refresh token of this server',
      got: 'another value',
      requirement: 'TK-071',
    });
  }
  requireSameClient(token, client);
  const scopes = narrowScopes(token, client, request.scope);
  requireKey(token, client, key);
  await requireWithin(authority, token, { client, asked: { ...request, scopes } });
  const standing = await authority.store.standing(token);
  const rotates = doesRotate(authority, client);
  const { grant, repeated } = rotates ? await advance(authority, token) : await use(authority, token);
  const fault = grantFault(grant, { ...standing, client }, authority.clock());
  if (fault !== undefined || standing.user === null) {
    throw refused({ expected: 'a grant that lives', got: fault ?? 'no person', requirement: 'TK-071' });
  }
  await rememberUse(authority, grant, standing.consent);
  authority.emit({
    type: 'grant.refreshed',
    at: authority.clock(),
    grantId: grant.id,
    generation: grant.generation,
    repeated,
  });
  const target = narrowTarget(authority.config, grantedTarget(authority, client, grant), {
    ...request,
    scopes,
  });
  return {
    grant,
    target,
    user: standing.user,
    refreshToken: rotates || repeated ? 'next' : 'same',
    bound: token.key ?? keyOfPublic(client, key),
  };
}

/** Public clients do, confidential ones need not (RFC 9700 §4.14.2) and under FAPI must not (§5.3.2.1 (9)). */
function doesRotate({ config }: Authority, client: AuthenticatedClient): boolean {
  if (profileRules(config, client).fapi) return false;
  return client.rotateRefreshTokens ?? client.authenticationMethod === 'none';
}

function requireSameClient(token: RefreshToken, client: AuthenticatedClient): void {
  if (token.clientId === client.id) return;
  throw refused({ expected: `client ${token.clientId}`, got: `client ${client.id}`, requirement: 'TK-071' });
}

/** A part of what was granted; a scope that was taken from the client since is left out. */
function narrowScopes(
  token: RefreshToken,
  client: AuthenticatedClient,
  asked: readonly string[] | undefined,
): readonly string[] {
  const beyond = (asked ?? []).filter((scope) => !token.scopes.includes(scope));
  const scopes = (asked ?? token.scopes).filter((scope) => client.scopes.includes(scope));
  if (beyond.length === 0 && (scopes.length > 0 || token.scopes.length === 0)) return scopes;
  throw new OAuthError('invalid_scope', 'The scope is wider than what was granted.', {
    field: 'scope',
    expected: `some of ${writeScope(token.scopes)}`,
    got: beyond.length > 0 ? writeScope(beyond) : 'nothing that is still permitted to the client',
    requirement: 'TK-076',
  });
}

/** Refused before the grant is touched; for what the token itself does not tell, as the details, the grant is read. */
async function requireWithin(
  authority: Authority,
  token: RefreshToken,
  {
    client,
    asked,
  }: {
    client: AuthenticatedClient;
    asked: Omit<RefreshTokenRequest, 'scope'> & { scopes: readonly string[] };
  },
): Promise<void> {
  const { scopes, resources, authorizationDetails: details } = asked;
  if (scopes.length > 0 && resources === undefined && details === undefined) return;
  const grant = await authority.store.grants.find(token.grantId);
  if (grant === null) throw dead('unknown');
  narrowTarget(authority.config, grantedTarget(authority, client, grant), asked);
}

/** RFC 9449 §5: the refresh token of a public client works with the key it was issued to, and with no other. */
function requireKey(
  token: RefreshToken,
  client: AuthenticatedClient,
  key: ConfirmationKey | undefined,
): void {
  const bound = client.authenticationMethod === 'none' ? token.key : undefined;
  if (bound === undefined || isSameKey(bound, key)) return;
  const got = key === undefined ? 'no proof' : 'a proof by another key';
  throw refused({ expected: 'a proof by the key of the grant', got, requirement: 'TK-093' });
}

/** RFC 9449 §5: a refresh token that a public client gets for a proof is bound, though the one before was not. */
function keyOfPublic(
  client: AuthenticatedClient,
  key: ConfirmationKey | undefined,
): ConfirmationKey | undefined {
  return client.authenticationMethod === 'none' ? key : undefined;
}

interface Step {
  readonly grant: Grant;
  readonly repeated: boolean;
}

/**
 * A token that stays the same: the grant need only live. Where the client used to rotate, the generation still has to be
 * the current one.
 */
async function use(authority: Authority, token: RefreshToken): Promise<Step> {
  const now = authority.clock();
  const idle = authority.config.lifetimes.refreshTokenIdle * 1000;
  const staleAfter = Math.min(useGranularity, idle / 20);
  const used = await authority.store.grants.use({ id: token.grantId, now, idle, staleAfter });
  if (used.outcome !== 'alive') throw dead(used.outcome);
  if (used.grant.generation === token.generation) return { grant: used.grant, repeated: false };
  return judgeStale(authority, used.grant, { generation: token.generation, now });
}

/** Rotation. The store decides the race; only who lost it is judged here. */
async function advance(authority: Authority, token: RefreshToken): Promise<Step> {
  const now = authority.clock();
  const idle = authority.config.lifetimes.refreshTokenIdle * 1000;
  const { grantId: id, generation } = token;
  const advanced = await authority.store.grants.advance({ id, generation, now, idle });
  if (advanced.outcome === 'advanced') return { grant: advanced.grant, repeated: false };
  if (advanced.outcome !== 'stale') throw dead(advanced.outcome);
  return judgeStale(authority, advanced.grant, { generation, now });
}

interface Presented {
  readonly generation: number;
  readonly now: number;
}

/** A living grant, and a token that is not of its current generation. */
async function judgeStale(authority: Authority, grant: Grant, presented: Presented): Promise<Step> {
  if (isWithinGrace(authority, grant, presented)) return { grant, repeated: true };
  const ahead = presented.generation > grant.generation;
  await revoke(authority, grant, {
    why: ahead ? 'refresh_token_ahead' : 'refresh_token_reused',
    now: presented.now,
  });
  const got = `generation ${presented.generation}, the store holds ${grant.generation}; the grant is revoked`;
  throw refused({ expected: 'the current generation', got, requirement: 'TK-073' });
}

/** The answer may have been lost, or two tabs may have asked at once: the current generation is given again. */
function isWithinGrace(authority: Authority, grant: Grant, { generation, now }: Presented): boolean {
  const grace = authority.config.lifetimes.refreshGrace * 1000;
  return generation === grant.generation - 1 && grace > 0 && now - grant.advancedAt <= grace;
}

/** RFC 9700 §4.14.2: whoever reuses a token that was replaced is not to be told from a thief; the family ends. */
async function revoke(
  authority: Authority,
  grant: Grant,
  { why, now }: { why: RevocationReason; now: number },
): Promise<void> {
  const { id, userId, clientId } = grant;
  await authority.store.grants.revoke({ id, why, now, sweepAt: tombstoneUntil(authority, now) });
  authority.emit({ type: 'grant.revoked', at: now, grantId: id, userId, clientId, why });
}

function dead(outcome: 'revoked' | 'expired' | 'unknown'): OAuthError {
  const requirement = outcome === 'expired' ? 'TK-080' : 'TK-071';
  return refused({ expected: 'a grant that lives', got: `the grant is ${outcome}`, requirement });
}

function refused(reason: { expected: string; got: string; requirement: string }): OAuthError {
  return invalidGrant('refresh token', { field: 'refresh_token', ...reason });
}
