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
import { codeLifetime } from '../config/profile-rules.ts';
import { equalInConstantTime } from '../constant-time.ts';
import type { ConfirmationKey, Grant, User } from '../model.ts';
import type { Standing } from '../ports.ts';
import { isSameKey } from '../proof/proven-key.ts';
import { isSessionAlive } from '../session.ts';
import { groundFault, tombstoneUntil } from '../standing.ts';
import type { AuthenticatedClient } from './authenticate.ts';
import { enterSession } from './enter-session.ts';
import { newGrant } from './new-grant.ts';
import { invalidGrant } from './refusals.ts';
import { rememberUse } from './remember-use.ts';
import { grantedTarget, narrowTarget, type Target } from './target.ts';

/** A grant that was opened just now, and what its first tokens are for. */
export interface Redeemed {
  readonly grant: Grant;
  readonly target: Target;
  readonly user: User;
  readonly nonce: string | undefined;
}

/**
 * Redeems a code (RFC 6749 §4.1.3). The order is a security property: the grant is opened last, so whoever lacks the
 * client's credentials or the verifier can neither burn the code nor, by replaying it, revoke the grant.
 */
export async function redeemCode(
  authority: Authority,
  client: AuthenticatedClient,
  { request, key }: { request: AuthorizationCodeRequest; key: ConfirmationKey | undefined },
): Promise<Redeemed> {
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
  requireKey(code, key);
  const target = narrowTarget(authority.config, grantedTarget(authority, client, { ...code, ...code.more }), {
    ...request,
    scopes: permittedScopes(code, client),
  });
  const standing = await authority.store.standing(code);
  const late =
    tooOld(authority, code, client) ?? groundLost(code, { ...standing, client }, authority.clock());
  if (late !== undefined) return refuseLate(authority, code, late);
  const grant = newGrant(authority, code, { client, key });
  const { user } = standing;
  if (user !== null && (await openGrant(authority, grant, standing)) === 'opened') {
    return { grant, target, user, nonce: code.more.nonce };
  }
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

/** May be left out where PKCE protects the code (OAuth 2.1 §10.2); if it is sent it is the same string. */
function requireSameRedirectUri(code: Code, request: AuthorizationCodeRequest): void {
  const needed = code.codeChallenge === '' && code.redirectUriSent;
  if (request.redirectUri === undefined ? !needed : request.redirectUri === code.redirectUri) return;
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
  if (code.codeChallenge === '') {
    requireNoVerifier(verifier);
    return;
  }
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

/** RFC 9700 §4.8.2: a challenge that was taken out on the way must not go unnoticed. */
function requireNoVerifier(verifier: string | undefined): void {
  if (verifier === undefined) return;
  throw new OAuthError(
    'invalid_request',
    'There is a code_verifier, but the code was asked for without PKCE.',
    {
      field: 'code_verifier',
      expected: 'absent, since the authorization request had no code_challenge',
      got: 'present',
      requirement: 'TK-056',
    },
  );
}

/** RFC 9449 §10: whoever asked with a key redeems with it. */
function requireKey({ more }: Code, key: ConfirmationKey | undefined): void {
  if (more.dpopJkt === undefined || isSameKey({ jkt: more.dpopJkt }, key)) return;
  throw refused({
    field: 'DPoP',
    expected: 'a proof by the key of the authorization request',
    got: key === undefined ? 'none' : 'one by another key',
    requirement: 'TK-058',
  });
}

/** The client may have lost scopes since; with none left there is nothing to give. */
function permittedScopes(code: Code, client: AuthenticatedClient): readonly string[] {
  const permitted = code.scopes.filter((scope) => client.scopes.includes(scope));
  if (permitted.length > 0 || code.scopes.length === 0) return permitted;
  throw new OAuthError('invalid_scope', 'None of the scopes is permitted to this client any more.', {
    field: 'scope',
    expected: `some of ${writeScope(code.scopes)}`,
    got: 'nothing that is still permitted to the client',
    requirement: 'AZ-033',
  });
}

function tooOld(authority: Authority, code: Code, client: AuthenticatedClient): OAuthError | undefined {
  const age = authority.clock() - code.issuedAt;
  const life = codeLifetime(authority.config, client);
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

/**
 * The insertion decides. The consent's last use, written once an hour at most, and the note of who is signed in where share
 * the commit: no grant is left whose app would not hear of a sign-out.
 */
async function openGrant(
  authority: Authority,
  grant: Grant,
  standing: Standing,
): Promise<'opened' | 'replayed'> {
  const [opened] = await Promise.all([
    authority.store.grants.open(grant),
    rememberUse(authority, grant, standing.consent),
    enterSession(authority, grant),
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
