import type { OAuthErrorCode } from '@valetkey/protocol';
import type { Client, Consent } from '../model.ts';
import { scopesOfClaims } from '../openid/claims.ts';
import { canonicalDetail } from '../rich/canonical-detail.ts';
import type { Visitor } from '../session.ts';
import type { PendingRequest } from './request.ts';

export type Decision =
  | { readonly decision: 'granted'; readonly visitor: Visitor }
  | { readonly decision: 'sign-in' | 'sign-up' | 'choose-account' }
  | { readonly decision: 'consent'; readonly visitor: Visitor }
  /** A page would be needed where `prompt=none` forbids one, or no page can help (OpenID Connect Core §3.1.2.6). */
  | { readonly decision: 'impossible'; readonly error: OAuthErrorCode; readonly why: string };

/** What is known at this moment; the rules below judge nothing else. */
export interface Facts {
  readonly client: Client;
  readonly visitor: Visitor | null;
  /** The person has just allowed it. */
  readonly consented: boolean;
  /** The client's name for the visitor. */
  readonly subject?: string | undefined;
  /** Of the contexts asked for: one is reached, one can be reached by signing in, or neither. */
  readonly context?: 'reached' | 'reachable' | 'out-of-reach';
  /** Of a client that publishes its own metadata. */
  readonly fingerprint?: string | undefined;
}

/** What has to happen before a code may be issued. Pure: the same facts always give the same decision. */
export function decide(request: PendingRequest, facts: Facts): Decision {
  const { visitor, consented } = facts;
  const { prompt } = request;
  if (prompt.includes('create')) return { decision: 'sign-up' };
  if (visitor === null || prompt.includes('login')) return toSignIn(request, visitor);
  if (prompt.includes('select_account')) return { decision: 'choose-account' };
  if (isOther(request, facts) || isTooOld(request, visitor)) return toSignIn(request, visitor);
  if (isTooWeak(request, facts)) return toStepUp(request, facts);
  if (!consented && needsConsent(request, visitor, facts)) return toConsent(request, visitor);
  return { decision: 'granted', visitor };
}

/** Once: whoever has just signed in for this request is not asked again. */
function toSignIn(request: PendingRequest, visitor: Visitor | null): Decision {
  if (visitor !== null && request.signedIn === true && !request.prompt.includes('login')) {
    return impossible('login_required', 'somebody else signed in than the request names');
  }
  if (!request.prompt.includes('none')) return { decision: 'sign-in' };
  return impossible('login_required', 'the person would have to sign in, and prompt=none forbids to ask');
}

function toStepUp(request: PendingRequest, { context }: Facts): Decision {
  const canHelp = context === 'reachable' && request.signedIn !== true && !request.prompt.includes('none');
  if (canHelp) return { decision: 'sign-in' };
  return impossible(
    'unmet_authentication_requirements',
    'no authentication context that is needed is reached',
  );
}

function toConsent(request: PendingRequest, visitor: Visitor): Decision {
  if (!request.prompt.includes('none')) return { decision: 'consent', visitor };
  return impossible(
    'consent_required',
    'the person would have to give consent, and prompt=none forbids to ask',
  );
}

function impossible(error: OAuthErrorCode, why: string): Decision {
  return { decision: 'impossible', error, why };
}

/** OpenID Connect Core §3.1.2.2: never an answer about another person than the one who was named. */
function isOther(request: PendingRequest, { subject }: Facts): boolean {
  return request.subject !== undefined && request.subject !== subject;
}

function isTooOld({ notBefore }: PendingRequest, { session }: Visitor): boolean {
  return notBefore !== undefined && session.authenticatedAt < notBefore;
}

/** A wish is worth a sign-in that can fulfil it; a need that cannot be met ends the request. */
function isTooWeak(request: PendingRequest, { context = 'reached' }: Facts): boolean {
  if (context === 'reached') return false;
  if (request.acrNeeded === true) return true;
  return context === 'reachable' && request.signedIn !== true && !request.prompt.includes('none');
}

/** What the person has to allow: the scopes, and those that hold the claims asked for by name. */
export function scopesToAllow({ scopes, claims = {} }: PendingRequest): readonly string[] {
  return [...new Set([...scopes, ...scopesOfClaims(claims)])];
}

/** Of them those that she has not allowed this client before. */
export function newScopes(
  request: PendingRequest,
  client: Client,
  consent: Consent | null,
): readonly string[] {
  const known = remembered(client, consent);
  return scopesToAllow(request).filter((scope) => !known?.scopes.includes(scope));
}

/** A decision about an earlier client of the same id says nothing about this one. */
export function remembered(client: Client, consent: Consent | null): Consent | null {
  return consent !== null && consent.decidedAt >= client.createdAt ? consent : null;
}

function needsConsent(
  request: PendingRequest,
  { consent }: Visitor,
  { client, fingerprint }: Facts,
): boolean {
  if (request.prompt.includes('consent')) return true;
  if (client.consent === 'implied') return false;
  if (!isAssured(request, client)) return true;
  const known = remembered(client, consent);
  if (known?.facts?.clientFingerprint !== fingerprint) return true;
  const newResource = request.resources.some((resource) => !known?.resources.includes(resource));
  return newResource || newScopes(request, client, consent).length > 0 || hasNewDetails(request, known);
}

/**
 * A rich authorization request is a matter of its own: only the very same one was allowed before (RFC 9396 §3.1). The same
 * thing twice is more than it was once.
 */
function hasNewDetails({ authorizationDetails = [] }: PendingRequest, known: Consent | null): boolean {
  const allowed = known?.facts?.authorizationDetails ?? [];
  const asked = authorizationDetails.map(canonicalDetail);
  return new Set(asked).size < asked.length || asked.some((detail) => !allowed.includes(detail));
}

/** RFC 8252 §8.6: another program can pose as a public client unless its https address proves it. */
function isAssured(request: PendingRequest, client: Client): boolean {
  return client.authenticationMethod !== 'none' || request.redirectUri.startsWith('https://');
}
