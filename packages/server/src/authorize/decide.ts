import type { Client, Consent } from '../model.ts';
import type { Visitor } from '../session.ts';
import type { PendingRequest } from './request.ts';

export type Decision =
  | { readonly decision: 'granted'; readonly visitor: Visitor }
  | { readonly decision: 'sign-in' }
  | { readonly decision: 'consent'; readonly visitor: Visitor }
  /** `prompt=none` cannot be met (OpenID Connect Core §3.1.2.6). */
  | { readonly decision: 'impossible'; readonly error: 'login_required' | 'consent_required' };

/** What has to happen before a code may be issued. Pure: the same facts always give the same decision. */
export function decide(
  request: PendingRequest,
  facts: { client: Client; visitor: Visitor | null; consented: boolean },
): Decision {
  const { client, visitor, consented } = facts;
  const silent = request.prompt.includes('none');
  if (visitor === null || request.prompt.includes('login')) {
    return silent ? { decision: 'impossible', error: 'login_required' } : { decision: 'sign-in' };
  }
  if (!consented && needsConsent(request, client, visitor.consent)) {
    return silent ? { decision: 'impossible', error: 'consent_required' } : { decision: 'consent', visitor };
  }
  return { decision: 'granted', visitor };
}

/** Scopes that the person has not allowed this client before. */
export function newScopes(
  request: PendingRequest,
  client: Client,
  consent: Consent | null,
): readonly string[] {
  const known = remembered(client, consent);
  return request.scopes.filter((scope) => !known?.scopes.includes(scope));
}

/** A decision about an earlier client of the same id says nothing about this one. */
export function remembered(client: Client, consent: Consent | null): Consent | null {
  return consent !== null && consent.decidedAt >= client.createdAt ? consent : null;
}

function needsConsent(request: PendingRequest, client: Client, consent: Consent | null): boolean {
  if (request.prompt.includes('consent')) return true;
  if (client.consent === 'implied') return false;
  if (!isAssured(request, client)) return true;
  const known = remembered(client, consent);
  const newResource = request.resources.some((resource) => !known?.resources.includes(resource));
  return newResource || newScopes(request, client, consent).length > 0;
}

/** RFC 8252 §8.6: another program can pose as a public client unless its https address proves it. */
function isAssured(request: PendingRequest, client: Client): boolean {
  return client.authenticationMethod !== 'none' || request.redirectUri.startsWith('https://');
}
