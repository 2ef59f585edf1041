import { authorizationResponseUrl, OAuthError, type Parameters } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { StoreUnavailable } from '../ports.ts';
import { recordFault, recordRefusal } from '../refusal.ts';
import { findVisitor } from '../session.ts';
import { issueCode } from './code.ts';
import { decide } from './decide.ts';
import { proveAgain, proveRecipient, type Recipient } from './recipient.ts';
import { checkRequest, type PendingRequest } from './request.ts';
import { sealTicket } from './ticket.ts';

/** What is known of the browser: the values of its cookies, if it sent them. */
export interface Browser {
  readonly binding: string | undefined;
  readonly sessionCookie: string | undefined;
}

export type AuthorizeOutcome =
  /** To the recipient, with a code or an error. `origin` is where the browser will go. */
  | { readonly outcome: 'answer'; readonly url: string; readonly renewedCookie: string | null }
  /** To a page of ours, with the ticket. `binding` is the browser secret the ticket is bound to. */
  | { readonly outcome: 'sign-in' | 'consent'; readonly ticket: string; readonly binding: string };

/** An authorization request: forward only, no write. Throws `OAuthError` for what must stay a page. */
export async function authorize(
  authority: Authority,
  parameters: Parameters,
  browser: Browser,
): Promise<AuthorizeOutcome> {
  const recipient = await proveRecipient(authority, parameters);
  return answering(authority, recipient, () => {
    const request = checkRequest(authority, recipient, parameters);
    return proceed(authority, recipient, { request, browser });
  });
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
  return answering(authority, recipient, () => proceed(authority, recipient, arrival));
}

/** The person declines at sign-in or consent (RFC 6749 §4.1.2.1). */
export async function decline(authority: Authority, request: PendingRequest): Promise<AuthorizeOutcome> {
  const recipient = await proveAgain(authority, request);
  return answering(authority, recipient, () => {
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
  const { request, browser } = arrival;
  const visitor = await findVisitor(authority, browser.sessionCookie, recipient.client.id);
  const decision = decide(request, {
    client: recipient.client,
    visitor,
    consented: arrival.consented ?? false,
  });
  switch (decision.decision) {
    case 'impossible':
      throw impossible(decision.error);
    case 'sign-in':
      return page(authority, 'sign-in', arrival);
    case 'consent':
      return page(authority, 'consent', arrival);
    case 'granted': {
      const consentEpoch = decision.visitor.consent?.epoch ?? 0;
      const code = await issueCode(authority, request, {
        client: recipient.client,
        visitor: decision.visitor,
        consentEpoch,
      });
      const url = responseUrl(authority, recipient, { code });
      return { outcome: 'answer', url, renewedCookie: decision.visitor.renewedCookie };
    }
  }
}

async function page(
  authority: Authority,
  outcome: 'sign-in' | 'consent',
  { request, browser }: Arrival,
): Promise<AuthorizeOutcome> {
  const binding = browser.binding ?? Buffer.from(authority.random(16)).toString('base64url');
  const ticket = await sealTicket(authority, { purpose: 'authorize', request, sessionId: null }, binding);
  return { outcome, ticket, binding };
}

/** From here on every failure has a proven target: the client hears of it too. */
async function answering(
  authority: Authority,
  recipient: Recipient,
  answer: () => Promise<AuthorizeOutcome>,
): Promise<AuthorizeOutcome> {
  try {
    return await answer();
  } catch (error) {
    const [code, text, reference] = report(authority, recipient, error);
    const description = `${text} (reference ${reference})`;
    return {
      outcome: 'answer',
      url: responseUrl(authority, recipient, { error: code, description }),
      renewedCookie: null,
    };
  }
}

function report(authority: Authority, recipient: Recipient, error: unknown) {
  const endpoint = 'authorize';
  if (error instanceof OAuthError) {
    const reference = recordRefusal(authority, { error, endpoint, clientId: recipient.client.id });
    return [error.code, error.description, reference] as const;
  }
  if (error instanceof StoreUnavailable) {
    const reference = recordFault(authority, { type: 'store.unavailable', endpoint, cause: error });
    return ['temporarily_unavailable', 'The server cannot answer now. Try again soon.', reference] as const;
  }
  const reference = recordFault(authority, { type: 'fault', endpoint, cause: error });
  return ['server_error', 'The server failed to handle the request.', reference] as const;
}

function responseUrl(
  authority: Authority,
  recipient: Recipient,
  response: { code: string } | { error: OAuthError['code']; description: string },
): string {
  const state = recipient.state === undefined ? {} : { state: recipient.state };
  // RFC 9207 §2: the issuer is in every response, errors included.
  return authorizationResponseUrl(recipient.redirectUri, {
    ...response,
    ...state,
    iss: authority.config.issuer,
  });
}

function impossible(error: 'login_required' | 'consent_required'): OAuthError {
  const what = error === 'login_required' ? 'sign in' : 'give consent';
  return new OAuthError(error, `The person would have to ${what}, and prompt=none forbids to ask.`, {
    field: 'prompt',
    expected: 'a request that can be answered without a page',
    got: 'none',
    requirement: 'AZ-052',
  });
}
