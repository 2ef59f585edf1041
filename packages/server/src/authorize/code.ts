import type { AuthorizationDetail, ClaimsRequest } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { timeOrderedId } from '../ids.ts';
import type { Client } from '../model.ts';
import { contextOf, reachedContexts } from '../openid/authentication-context.ts';
import type { Visitor } from '../session.ts';
import { openFromAddress, sealForAddress } from './address-value.ts';
import type { PendingRequest } from './request.ts';

/**
 * An authorization code is the grant that will be, sealed: nothing is stored until it is redeemed. Member names are
 * short because the value travels in a URL.
 */
export interface Code {
  readonly grantId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly redirectUriSent: boolean;
  /** Empty: the client may leave PKCE out, and did. */
  readonly codeChallenge: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly authenticatedAt: number;
  readonly amr: readonly string[];
  readonly userEpoch: number;
  readonly clientEpoch: number;
  readonly consentEpoch: number;
  readonly issuedAt: number;
  readonly more: CodeFacts;
}

/** What only some codes carry. */
export interface CodeFacts {
  readonly nonce?: string;
  readonly acr?: string;
  readonly claims?: ClaimsRequest;
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  readonly dpopJkt?: string;
}

export async function issueCode(
  authority: Authority,
  request: PendingRequest,
  to: { client: Client; visitor: Visitor },
): Promise<string> {
  const now = authority.clock();
  const { user, session, consent } = to.visitor;
  const code: Code = {
    grantId: timeOrderedId(now, authority.random),
    clientId: request.clientId,
    redirectUri: request.redirectUri,
    redirectUriSent: request.redirectUriSent,
    codeChallenge: request.codeChallenge ?? '',
    userId: user.id,
    sessionId: session.id,
    scopes: request.scopes,
    resources: request.resources,
    authenticatedAt: session.authenticatedAt,
    amr: session.amr,
    userEpoch: user.grantEpoch,
    clientEpoch: to.client.grantEpoch,
    consentEpoch: consent?.epoch ?? 0,
    issuedAt: now,
    more: factsOf(authority, request, session),
  };
  authority.emit({
    type: 'code.issued',
    at: now,
    grantId: code.grantId,
    userId: user.id,
    clientId: code.clientId,
  });
  noteRepeats(authority, code, request);
  // A minute more than it is good: a late one is still known for a replay.
  const life = (authority.config.lifetimes.authorizationCode + 60) * 1000;
  return sealForAddress(authority, 'code', { content: write(code), clientId: code.clientId, life });
}

/** RFC 9700 §2.1.1: a challenge or a nonce that comes in two transactions is a constant, and protects nothing. */
function noteRepeats(authority: Authority, code: Code, request: PendingRequest): void {
  for (const unique of [code.codeChallenge, request.nonce ?? '']) {
    const repeats =
      unique !== '' && authority.challenges.repeats(code.clientId, unique, request.state ?? code.grantId);
    if (repeats) authority.emit({ type: 'challenge.repeated', at: code.issuedAt, clientId: code.clientId });
  }
}

function factsOf(
  { config, clock }: Authority,
  request: PendingRequest,
  session: Visitor['session'],
): CodeFacts {
  const acr = contextOf(reachedContexts(config, session, clock()), request.acrValues);
  const { nonce, claims, authorizationDetails, dpopJkt } = request;
  return {
    ...(nonce === undefined ? {} : { nonce }),
    ...(acr === undefined ? {} : { acr }),
    ...(claims === undefined ? {} : { claims }),
    ...(authorizationDetails === undefined ? {} : { authorizationDetails }),
    ...(dpopJkt === undefined ? {} : { dpopJkt }),
  };
}

/** `undefined` for whatever this authority did not seal as a code. Life and bindings are for the caller to judge. */
export async function openCode(authority: Authority, value: string): Promise<Code | undefined> {
  const content = await openFromAddress(authority, 'code', value);
  return content === undefined ? undefined : read(content as Written);
}

type Written = ReturnType<typeof write>;

function write(code: Code) {
  return [
    code.grantId,
    code.clientId,
    code.redirectUri,
    code.redirectUriSent ? 1 : 0,
    code.codeChallenge,
    code.userId,
    code.sessionId,
    code.scopes.join(' '),
    code.resources.join(' '),
    code.authenticatedAt,
    code.amr.join(' '),
    code.userEpoch,
    code.clientEpoch,
    code.consentEpoch,
    code.issuedAt,
    code.more,
  ] as const;
}

function read(content: Written): Code {
  const [grantId, clientId, redirectUri, sent, codeChallenge, userId, sessionId, scopes, resources, ...rest] =
    content;
  // A code of an earlier version carries nothing more.
  const [authenticatedAt, amr, userEpoch, clientEpoch, consentEpoch, issuedAt, more = {}] = rest;
  return {
    grantId,
    clientId,
    redirectUri,
    redirectUriSent: sent === 1,
    codeChallenge,
    userId,
    sessionId,
    scopes: words(scopes),
    resources: words(resources),
    authenticatedAt,
    amr: words(amr),
    userEpoch,
    clientEpoch,
    consentEpoch,
    issuedAt,
    more,
  };
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
