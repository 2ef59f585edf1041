import {
  type Farewell,
  farewellOf,
  type LogoutOutcome,
  newBinding,
  openTicket,
  ownAddress,
  type PendingLogout,
  sealTicket,
} from '@valetkey/server';
import type { Context, Visit } from '../context.ts';
import { readQuery } from '../form.ts';
import { formTargetOf } from '../headers.ts';
import { page, redirect } from '../respond.ts';

type SignedOut = Omit<Extract<LogoutOutcome, { outcome: 'signed-out' }>, 'outcome'>;

/**
 * On to the app that wants the browser back; or to the page that says goodbye, and loads what has to be loaded first. To an
 * app that nobody vouches for nobody is sent who was not asked before (RFC 9700 §4.11.2): then the page has a link.
 */
export async function sayGoodbye(
  context: Context,
  visit: Visit,
  { sessionId, pending, farewell }: SignedOut,
): Promise<Response> {
  const { sessionCookie, binding: known } = context.cookies.read(visit.request);
  const cookies = sessionCookie === undefined ? [] : [context.cookies.endSession()];
  const isPlain = farewell.frames.length === 0;
  const mayGoOn = sessionId !== null || farewell.client?.origin === undefined;
  if (isPlain && mayGoOn && farewell.continue !== null) return redirect(context, farewell.continue, cookies);
  const page = `${context.base}/logged-out`;
  if (isPlain && farewell.client === null) return redirect(context, page, cookies);
  const binding = known ?? newBinding(context.authority.random);
  const content = { purpose: 'signed-out', request: null, sessionId, logout: pending } as const;
  const ticket = await sealTicket(context.authority, content, binding);
  const bound = known === undefined ? [context.cookies.browser(binding)] : [];
  return redirect(context, `${page}?ticket=${ticket}`, [...bound, ...cookies]);
}

const nobodyAsked: PendingLogout = { clientId: null, postLogoutRedirectUri: null };

/** The session of this browser has been ended, by the person herself. */
export async function leave(context: Context, visit: Visit, sessionId: string): Promise<Response> {
  const farewell = await farewellOf(context.authority, nobodyAsked, sessionId);
  return sayGoodbye(context, visit, { sessionId, pending: nobodyAsked, farewell });
}

/** GET /logged-out. */
export async function showSignedOut(context: Context, visit: Visit): Promise<Response> {
  const { client, frames, continue: onward } = await farewellFor(context, visit);
  const view = {
    client: client === null ? null : { name: client.name, href: ownAddress(client, client.homepage) },
    frames,
    continue: onward,
  };
  return page(context, context.pages.signedOut(view, context.frame()), { frames: frames.map(formTargetOf) });
}

/** By the ticket of this browser. Whatever else the address may say, it is a plain goodbye. */
async function farewellFor(context: Context, visit: Visit): Promise<Farewell> {
  const value = readQuery(visit).all('ticket')[0];
  const { binding } = context.cookies.read(visit.request);
  const opened = await openTicket(context.authority, value, binding);
  if (opened.outcome !== 'good' || opened.ticket.purpose !== 'signed-out') return plain;
  const { logout: pending = nobodyAsked, sessionId } = opened.ticket;
  return farewellOf(context.authority, pending, sessionId);
}

const plain: Farewell = { client: null, frames: [], continue: null };
