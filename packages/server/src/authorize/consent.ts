import type { AuthorizationDetail } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Client, Consent } from '../model.ts';
import { fingerprintOf } from '../register/fingerprint.ts';
import { canonicalDetail } from '../rich/canonical-detail.ts';
import { findVisitor, type Visitor } from '../session.ts';
import { resume } from './authorize.ts';
import { newScopes, remembered, scopesToAllow } from './decide.ts';
import type { AuthorizeOutcome, Browser } from './outcome.ts';
import { proveAgain } from './recipient.ts';
import type { PendingRequest } from './request.ts';
import { sealTicket, type Ticket } from './ticket.ts';

/** What the consent page shows. */
export interface ConsentQuestion {
  readonly client: Client;
  readonly visitor: Visitor;
  readonly redirectUri: string;
  readonly newScopes: readonly string[];
  readonly knownScopes: readonly string[];
  readonly details: readonly AuthorizationDetail[];
  /** The client publishes its own metadata, and is not what it was when the person allowed it. */
  readonly changed: boolean;
  /** Bound to the session it is shown to, besides the browser. */
  readonly ticket: string;
}

/** `null`: nobody is signed in any more. Throws `OAuthError` when the client is gone. */
export async function askConsent(
  authority: Authority,
  request: PendingRequest,
  browser: Browser & { binding: string },
): Promise<ConsentQuestion | null> {
  const { client, redirectUri } = await proveAgain(authority, request);
  const visitor = await findVisitor(authority, browser.sessionCookie, client.id);
  if (visitor === null) return null;
  const fresh = newScopes(request, client, visitor.consent);
  const content = { purpose: 'authorize', request, sessionId: visitor.session.id } as const;
  return {
    client,
    visitor,
    redirectUri,
    newScopes: fresh,
    knownScopes: scopesToAllow(request).filter((scope) => !fresh.includes(scope)),
    details: request.authorizationDetails ?? [],
    changed: hasChanged(client, visitor.consent),
    ticket: await sealTicket(authority, content, browser.binding),
  };
}

function hasChanged(client: Client, consent: Consent | null): boolean {
  if (client.origin !== 'document' || consent === null || consent.withdrawnAt !== null) return false;
  return consent.facts?.clientFingerprint !== fingerprintOf(client);
}

/**
 * The person allows it: her decision is remembered, and the request goes on. If meanwhile someone else signed in, the
 * page was not shown to them, and they are asked anew.
 */
export async function giveConsent(
  authority: Authority,
  ticket: Ticket & { request: PendingRequest },
  browser: Browser,
): Promise<AuthorizeOutcome> {
  const { request } = ticket;
  const { client } = await proveAgain(authority, request);
  const visitor = await findVisitor(authority, browser.sessionCookie, client.id);
  if (visitor === null || visitor.session.id !== ticket.sessionId)
    return resume(authority, { request, browser });
  await remember(authority, { request, client }, visitor);
  authority.emit({
    type: 'consent.granted',
    at: authority.clock(),
    userId: visitor.user.id,
    clientId: client.id,
    scopes: scopesToAllow(request),
  });
  return resume(authority, { request, browser, consented: true });
}

/** Two tabs may decide at once: the loser of the comparison reads again. */
async function remember(
  authority: Authority,
  asked: { request: PendingRequest; client: Client },
  { user, consent }: Visitor,
): Promise<void> {
  let known = consent;
  for (let tries = 0; tries < 10; tries += 1) {
    const decided = extend(known, { ...asked, userId: user.id, now: authority.clock() });
    if ((await authority.store.consents.record(decided)) === 'recorded') return;
    known = await authority.store.consents.find(user.id, asked.client.id);
  }
  throw new Error('A consent changed ten times while it was being recorded.');
}

function extend(
  known: Consent | null,
  to: { userId: string; request: PendingRequest; client: Client; now: number },
): Consent {
  const { resources, clientId } = to.request;
  const before = remembered(to.client, known);
  return {
    userId: to.userId,
    clientId,
    scopes: [...new Set([...(before?.scopes ?? []), ...scopesToAllow(to.request)])],
    resources: [...new Set([...(before?.resources ?? []), ...resources])],
    firstGrantedAt: before === null || before.withdrawnAt !== null ? to.now : before.firstGrantedAt,
    decidedAt: to.now,
    // The exchange that follows at once is this use: it need not write it again.
    lastUsedAt: to.now,
    withdrawnAt: null,
    epoch: known?.epoch ?? 0,
    version: known?.version ?? 0,
    ...decidedFacts(before, to),
  };
}

/** Details that one consent remembers at most; older ones are asked about again. */
const mostDetails = 50;

function decidedFacts(
  before: Consent | null,
  { request, client }: { request: PendingRequest; client: Client },
): Pick<Consent, 'facts'> {
  const allowed = (request.authorizationDetails ?? []).map(canonicalDetail);
  const known = before?.facts?.authorizationDetails ?? [];
  const details = [...new Set([...known, ...allowed])].slice(-mostDetails);
  const facts = {
    ...(details.length === 0 ? {} : { authorizationDetails: details }),
    ...(client.origin === 'document' ? { clientFingerprint: fingerprintOf(client) } : {}),
  };
  return Object.keys(facts).length === 0 ? {} : { facts };
}
