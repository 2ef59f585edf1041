import { type Authority, openSealed, sealNow } from '../authority.ts';
import { timeOrderedId } from '../ids.ts';
import type { Client } from '../model.ts';
import type { Visitor } from '../session.ts';
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
}

export async function issueCode(
  authority: Authority,
  request: PendingRequest,
  to: { client: Client; visitor: Visitor; consentEpoch: number },
): Promise<string> {
  const now = authority.clock();
  const { user, session } = to.visitor;
  const code: Code = {
    grantId: timeOrderedId(now, authority.random),
    clientId: request.clientId,
    redirectUri: request.redirectUri,
    redirectUriSent: request.redirectUriSent,
    codeChallenge: request.codeChallenge,
    userId: user.id,
    sessionId: session.id,
    scopes: request.scopes,
    resources: request.resources,
    authenticatedAt: session.authenticatedAt,
    amr: session.amr,
    userEpoch: user.grantEpoch,
    clientEpoch: to.client.grantEpoch,
    consentEpoch: to.consentEpoch,
    issuedAt: now,
  };
  authority.emit({
    type: 'code.issued',
    at: now,
    grantId: code.grantId,
    userId: user.id,
    clientId: code.clientId,
  });
  if (authority.challenges.repeats(code.clientId, code.codeChallenge, request.state ?? code.grantId)) {
    authority.emit({ type: 'challenge.repeated', at: now, clientId: code.clientId });
  }
  return sealNow(authority, 'code', write(code));
}

/** `undefined` for whatever this authority did not seal as a code. Life and bindings are for the caller to judge. */
export async function openCode(authority: Authority, value: string): Promise<Code | undefined> {
  const content = await openSealed(authority, 'code', value);
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
  ] as const;
}

function read(content: Written): Code {
  const [grantId, clientId, redirectUri, sent, codeChallenge, userId, sessionId, scopes, resources, ...rest] =
    content;
  const [authenticatedAt, amr, userEpoch, clientEpoch, consentEpoch, issuedAt] = rest;
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
  };
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
