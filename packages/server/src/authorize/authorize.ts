import { OAuthError, type Parameters } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { findVisitor } from '../session.ts';
import { answerTo } from './answer.ts';
import { answering } from './answering.ts';
import { issueCode } from './code.ts';
import { decide } from './decide.ts';
import { factsOf } from './facts.ts';
import type { AuthorizeOutcome, Browser, PageName } from './outcome.ts';
import { completePushed } from './pushed-request.ts';
import { proveAgain, proveRecipient, type Recipient } from './recipient.ts';
import { checkRequest, type PendingRequest } from './request.ts';
import { readSubmission } from './submission.ts';
import { newBinding, sealTicket } from './ticket.ts';

/** An authorization request: forward only, no write. Throws `OAuthError` for what must stay a page. */
export async function authorize(
  authority: Authority,
  parameters: Parameters,
  browser: Browser,
): Promise<AuthorizeOutcome> {
  const { fault, ...submission } = await readSubmission(authority, parameters);
  const recipient = await proveRecipient(authority, submission.parameters).catch((error: unknown) => {
    throw isAboutClient(error) ? error : (fault ?? error);
  });
  // A request that cannot be read does not say where to send anybody; only what stands outside it can.
  if (fault !== undefined && !recipient.redirectUriSent) throw fault;
  return answering(authority, { recipient, browser, parameters: submission.parameters }, async () => {
    if (fault !== undefined) throw fault;
    const request = await checkRequest(authority, recipient, submission);
    return proceed(authority, recipient, { request, browser });
  });
}

function isAboutClient(error: unknown): boolean {
  return error instanceof OAuthError && error.code === 'invalid_client';
}

/** A checked request at the browser it came from. `consented`: the person has just allowed it. */
export interface Arrival {
  readonly request: PendingRequest;
  readonly browser: Browser;
  readonly consented?: true;
}

/** The same request, coming back from a page in its ticket. */
export async function resume(authority: Authority, arrival: Arrival): Promise<AuthorizeOutcome> {
  const recipient = await proveAgain(authority, arrival.request);
  return answering(authority, { recipient }, () => proceed(authority, recipient, arrival));
}

/** The person declines at sign-in or consent (RFC 6749 §4.1.2.1). */
export async function decline(authority: Authority, request: PendingRequest): Promise<AuthorizeOutcome> {
  const recipient = await proveAgain(authority, request);
  return answering(authority, { recipient }, async () => {
    await completePushed(authority, request.pushedId);
    throw new OAuthError('access_denied', 'The person declined.', {
      field: 'decision',
      expected: 'consent',
      got: 'declined by the person',
      requirement: 'AZ-070',
    });
  });
}

async function proceed(
  authority: Authority,
  recipient: Recipient,
  arrival: Arrival,
): Promise<AuthorizeOutcome> {
  const { request, browser, consented = false } = arrival;
  const { client } = recipient;
  const visitor = await findVisitor(authority, browser.sessionCookie, client.id);
  const decision = decide(request, { ...factsOf(authority, request, { client, visitor }), consented });
  switch (decision.decision) {
    case 'impossible':
      throw impossible(decision);
    case 'granted': {
      await completePushed(authority, request.pushedId);
      const code = await issueCode(authority, request, { client, visitor: decision.visitor });
      const answer = await answerTo(authority, recipient, { code });
      return { outcome: 'answer', answer, renewedCookie: decision.visitor.renewedCookie };
    }
    default:
      return page(authority, decision.decision, arrival);
  }
}

async function page(
  authority: Authority,
  outcome: PageName,
  { request, browser }: Arrival,
): Promise<AuthorizeOutcome> {
  const binding = browser.binding ?? newBinding(authority.random);
  const ticket = await sealTicket(authority, { purpose: 'authorize', request, sessionId: null }, binding);
  return { outcome, ticket, binding };
}

function impossible({ error, why }: { error: OAuthError['code']; why: string }): OAuthError {
  return new OAuthError(error, `The request cannot be granted: ${why}.`, {
    field: error === 'unmet_authentication_requirements' ? 'acr_values' : 'prompt',
    expected: 'a request that can be met by whoever is there',
    got: why,
    requirement: error === 'unmet_authentication_requirements' ? 'AZ-065' : 'AZ-052',
  });
}
