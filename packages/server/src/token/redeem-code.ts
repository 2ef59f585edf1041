import { hash } from 'node:crypto';
import {
  type AuthorizationCodeRequest,
  isCodeVerifier,
  OAuthError,
  type Reason,
  shown,
  writeScope,
} from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { type Code, openCode } from '../authorize/code.ts';
import { equalInConstantTime } from '../constant-time.ts';
import type { Grant } from '../model.ts';
import type { Standing } from '../ports.ts';
import { isSessionAlive } from '../session.ts';
import { groundFault, tombstoneUntil } from '../standing.ts';
import type { AuthenticatedClient } from './authenticate.ts';
import { invalidGrant } from './refusals.ts';
import { rememberUse } from './remember-use.ts';

/**
 * Redeems a code (RFC 6749 §4.1.3). The order is a security property: the grant is opened last, so whoever lacks the
 * client's credentials or the verifier can neither burn the code nor, by replaying it, revoke the grant.
 */
export async function redeemCode(
  authority: Authority,
  client: AuthenticatedClient,
  request: AuthorizationCodeRequest,
): Promise<Grant> {
  const code = await openCode(authority, request.code);
  if (code === undefined)
    throw refused({
      field: 'code',
      expected: 'a code of this server',
      got: 'another value',
      requirement: 'TK-050',
    });
  requireSameClient(code, client);
  requireSameRedirectUri(code, request);
  requireVerifier(code, request);
  requirePermittedScope(code, client);
  const standing = await authority.store.standing(code);
  const late = tooOld(authority, code) ?? groundLost(code, { ...standing, client }, authority.clock());
  if (late !== undefined) return refuseLate(authority, code, late);
  const grant = newGrant(authority, code, client);
  if ((await openGrant(authority, grant, standing)) === 'opened') return grant;
  return refuseLate(authority, code, redeemedBefore());
}

function requireSameClient(code: Code, client: AuthenticatedClient): void {
  if (code.clientId === client.id) return;
  throw refused({
    field: 'code',
    expected: `client ${code.clientId}`,
    got: `client ${client.id}`,
    requirement: 'TK-050',
  });
}

/** May be left out, since PKCE protects the code (OAuth 2.1 §10.2); if it is sent it is the same string. */
function requireSameRedirectUri(code: Code, request: AuthorizationCodeRequest): void {
  if (request.redirectUri === undefined || request.redirectUri === code.redirectUri) return;
  throw refused({
    field: 'redirect_uri',
    expected: code.redirectUri,
    got: shown(request.redirectUri),
    requirement: 'TK-053',
  });
}

/** RFC 7636 §4.6. */
function requireVerifier(code: Code, request: AuthorizationCodeRequest): void {
  const verifier = request.codeVerifier;
  if (verifier === undefined)
    throw refused({ field: 'code_verifier', expected: 'a verifier', got: 'absent', requirement: 'TK-055' });
  if (!isCodeVerifier(verifier)) {
    throw refused({
      field: 'code_verifier',
      expected: '43 to 128 unreserved characters',
      got: `${verifier.length} characters`,
      requirement: 'TK-055',
    });
  }
  const challenge = hash('sha256', verifier, 'base64url');
  if (equalInConstantTime(challenge, code.codeChallenge)) return;
  throw refused({
    field: 'code_verifier',
    expected: 'the verifier of the challenge',
    got: 'one that does not fit',
    requirement: 'TK-055',
  });
}

/** The client may have lost scopes since; with none left there is nothing to give. */
function requirePermittedScope(code: Code, client: AuthenticatedClient): void {
  if (code.scopes.some((scope) => client.scopes.includes(scope))) return;
  throw new OAuthError('invalid_scope', 'None of the scopes is permitted to this client any more.', {
    field: 'scope',
    expected: `some of ${writeScope(code.scopes)}`,
    got: 'nothing that is still permitted to the client',
    requirement: 'AZ-033',
  });
}

function tooOld(authority: Authority, code: Code): OAuthError | undefined {
  const age = authority.clock() - code.issuedAt;
  const life = authority.config.lifetimes.authorizationCode;
  if (age <= life * 1000) return undefined;
  return refused({
    field: 'code',
    expected: `at most ${life} s old`,
    got: `${Math.round(age / 1000)} s old`,
    requirement: 'AZ-083',
  });
}

function groundLost(
  code: Code,
  ground: Standing & { client: AuthenticatedClient },
  now: number,
): OAuthError | undefined {
  const alive = isSessionAlive(ground.session, ground.user, now);
  const fault = groundFault(code, ground) ?? (alive ? undefined : 'the session has ended');
  if (fault === undefined) return undefined;
  return refused({
    field: 'code',
    expected: 'a person, client, consent and session that still stand',
    got: fault,
    requirement: 'TK-060',
  });
}

function redeemedBefore(): OAuthError {
  return refused({
    field: 'code',
    expected: 'a code that has not been redeemed',
    got: 'redeemed before; its grant is revoked',
    requirement: 'TK-052',
  });
}

function newGrant(authority: Authority, code: Code, client: AuthenticatedClient): Grant {
  const now = authority.clock();
  const { refreshTokenIdle, refreshTokenAbsolute, accessToken } = authority.config.lifetimes;
  const refreshable = client.grantTypes.includes('refresh_token');
  const endsAt = now + (refreshable ? refreshTokenAbsolute : accessToken) * 1000;
  return {
    id: code.grantId,
    clientId: code.clientId,
    userId: code.userId,
    sessionId: code.sessionId,
    endsWithSession: false,
    scopes: code.scopes,
    resources: code.resources,
    authenticatedAt: code.authenticatedAt,
    amr: code.amr,
    userEpoch: code.userEpoch,
    clientEpoch: code.clientEpoch,
    consentEpoch: code.consentEpoch,
    generation: 0,
    openedAt: now,
    advancedAt: now,
    lastUsedAt: now,
    expiresAt: refreshable ? Math.min(endsAt, now + refreshTokenIdle * 1000) : endsAt,
    endsAt,
    accessEpoch: 0,
    revokedAt: null,
    revokedWhy: null,
    // Past the last token, and past the code's own life: a swept row could be opened again.
    sweepAt: endsAt + (accessToken + authority.config.lifetimes.authorizationCode) * 1000,
  };
}

/** The insertion decides; the consent's last use, written once an hour at most, shares the commit. */
async function openGrant(
  authority: Authority,
  grant: Grant,
  standing: Standing,
): Promise<'opened' | 'replayed'> {
  const [opened] = await Promise.all([
    authority.store.grants.open(grant),
    rememberUse(authority, grant, standing.consent),
  ]);
  if (opened === 'opened') {
    const { id: grantId, userId, clientId, openedAt: at } = grant;
    authority.emit({ type: 'grant.opened', at, grantId, userId, clientId });
  }
  return opened;
}

/**
 * A request that is right in everything, but late. If the code was redeemed before, code or client was stolen, and what
 * the first redemption gave ends (OAuth 2.1 §7.5.2), however late the second one is: the thief may have been the first.
 */
async function refuseLate(authority: Authority, code: Code, refusal: OAuthError): Promise<never> {
  const now = authority.clock();
  const { grantId, userId, clientId } = code;
  const why = 'code_replayed';
  const sweepAt = tombstoneUntil(authority, now);
  if ((await authority.store.grants.revoke({ id: grantId, why, now, sweepAt })) === 'revoked') {
    authority.emit({ type: 'grant.revoked', at: now, grantId, userId, clientId, why });
  }
  throw refusal;
}

function refused(reason: Reason): OAuthError {
  return invalidGrant('code', reason);
}
