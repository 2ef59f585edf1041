import { authorizationResponseUrl } from '@valetkey/protocol';
import { endSession } from '../account/sessions.ts';
import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';
import { sessionIdFor, subjectFor } from '../openid/subject.ts';
import { findUsableClient } from '../register/find-client.ts';
import type { Visitor } from '../session.ts';
import { logoutFrames } from './frames.ts';
import { isPostLogoutRedirectUri, type LogoutRequest } from './logout-request.ts';

/** What a page of the logout brings back in its ticket. */
export interface PendingLogout {
  readonly clientId: string | null;
  readonly postLogoutRedirectUri: string | null;
  readonly state?: string;
}

export type LogoutOutcome =
  /** The person has to say that she wants it. */
  | {
      readonly outcome: 'ask';
      readonly visitor: Visitor;
      readonly client: Client | null;
      readonly pending: PendingLogout;
    }
  | {
      readonly outcome: 'signed-out';
      /** The session that has ended, if one has. */
      readonly sessionId: string | null;
      readonly pending: PendingLogout;
      readonly farewell: Farewell;
    };

/** What is left to do for the browser. */
export interface Farewell {
  /** The app that asked. */
  readonly client: Client | null;
  /** Addresses to be loaded in frames. */
  readonly frames: readonly string[];
  /** Where the browser goes on to, complete with `state`. */
  readonly continue: string | null;
}

/**
 * A logout as it was asked for (OpenID Connect RP-Initiated Logout §2). The person is asked, but where a first-party
 * app proves by an ID token that it speaks of this very session.
 */
export async function logout(
  authority: Authority,
  request: LogoutRequest,
  visitor: Visitor | null,
): Promise<LogoutOutcome> {
  const { client } = request;
  if (visitor === null) return signedOut(authority, withoutVisitor(request), null);
  if (client?.consent !== 'implied' || !speaksOf(authority, { request, client, visitor })) {
    return { outcome: 'ask', visitor, client, pending: pendingOf(request) };
  }
  await endSession(authority, visitor.user.id, visitor.session.id);
  return signedOut(authority, pendingOf(request), visitor.session.id);
}

/** The person has said yes, on a page that was shown to the session `asked`. */
export async function confirmLogout(
  authority: Authority,
  { pending, asked }: { pending: PendingLogout; asked: string },
  visitor: Visitor | null,
): Promise<LogoutOutcome> {
  if (visitor !== null && visitor.session.id !== asked) {
    // Someone else has signed in since, or the same person again: she has not been asked about this session.
    return { outcome: 'ask', visitor, client: await asker(authority, pending), pending };
  }
  if (visitor !== null) await endSession(authority, visitor.user.id, visitor.session.id);
  return signedOut(authority, pending, asked);
}

/** What is left to do after a logout. The client is looked at again: what it registered may have changed meanwhile. */
export async function farewellOf(
  authority: Authority,
  pending: PendingLogout,
  sessionId: string | null,
): Promise<Farewell> {
  const client = await asker(authority, pending);
  const frames = sessionId === null ? [] : await logoutFrames(authority, sessionId);
  return { client, frames, continue: client === null ? null : wayBack(client, pending) };
}

async function signedOut(
  authority: Authority,
  pending: PendingLogout,
  sessionId: string | null,
): Promise<LogoutOutcome> {
  const farewell = await farewellOf(authority, pending, sessionId);
  return { outcome: 'signed-out', sessionId, pending, farewell };
}

/** Whether the hint is of this person and this session. */
function speaksOf(
  authority: Authority,
  { request, client, visitor }: { request: LogoutRequest; client: Client; visitor: Visitor },
): boolean {
  const { hint } = request;
  if (hint === null) return false;
  const sid = sessionIdFor(authority, client, visitor.session.id);
  return hint.sid === sid && hint.sub === subjectFor(authority, client, visitor.user.id);
}

/** Nobody is there to say that she wants it: without a hint nothing says that the way back is meant (§3). */
function withoutVisitor(request: LogoutRequest): PendingLogout {
  const pending = pendingOf(request);
  return request.hint === null ? { ...pending, postLogoutRedirectUri: null } : pending;
}

function pendingOf({ client, postLogoutRedirectUri, state }: LogoutRequest): PendingLogout {
  return {
    clientId: client?.id ?? null,
    postLogoutRedirectUri,
    ...(state === undefined ? {} : { state }),
  };
}

async function asker(authority: Authority, { clientId }: PendingLogout): Promise<Client | null> {
  const client = clientId === null ? null : await findUsableClient(authority, clientId);
  return client?.disabledAt === null ? client : null;
}

function wayBack(client: Client, { postLogoutRedirectUri: uri, state }: PendingLogout): string | null {
  if (uri === null || !isPostLogoutRedirectUri(client, uri)) return null;
  return state === undefined ? uri : authorizationResponseUrl(uri, [['state', state]]);
}
