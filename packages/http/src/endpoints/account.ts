import {
  clientsOfSession,
  disconnectApp,
  endAllSessions,
  endSession,
  findVisitor,
  listApps,
  listSessions,
  ownAddress,
  sealTicket,
  type Visitor,
} from '@valetkey/server';
import type { Context, Endpoint, Visit } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { page, redirect } from '../respond.ts';
import { viewClient } from './client-view.ts';
import { admitTicket, requireSameOrigin } from './interaction.ts';
import { viewScopes } from './scope-views.ts';
import { leave } from './signed-out.ts';

/** GET /account: connected apps. */
export const showApps = forVisitor(async (context, visit, { visitor, ticket, cookies }) => {
  const apps = await listApps(context.authority, visitor.user.id);
  const { config } = context.authority;
  const disconnected = readQuery(visit).one('disconnected');
  // The address is anybody's to write: it is believed only of an app that is not connected.
  const gone = !apps.some(({ consent }) => consent.clientId === disconnected);
  const view = {
    person: visitor.user,
    ticket,
    apps: apps.map(({ consent, client }) => ({
      clientId: consent.clientId,
      name: client?.name ?? consent.clientId,
      homepage: client && ownAddress(client, client.homepage),
      scopes: viewScopes(config, consent.scopes),
      since: consent.firstGrantedAt,
      lastUsed: consent.lastUsedAt,
    })),
    accessTokenMinutes: Math.ceil(config.lifetimes.accessToken / 60),
    disconnected:
      disconnected !== undefined && gone
        ? ((await context.authority.store.clients.find(disconnected))?.name ?? null)
        : null,
  };
  return page(context, context.pages.apps(view, context.frame()), { cookies });
});

/** GET /account/sessions. */
export const showSessions = forVisitor(async (context, _visit, { visitor, ticket, cookies }) => {
  const sessions = await listSessions(context.authority, visitor.user);
  const clients = await Promise.all(sessions.map(({ id }) => clientsOfSession(context.authority, id)));
  const view = {
    person: visitor.user,
    ticket,
    sessions: sessions.map((session, index) => ({
      ...session,
      current: session.id === visitor.session.id,
      apps: (clients[index] ?? []).map(viewClient),
    })),
  };
  return page(context, context.pages.sessions(view, context.frame()), { cookies });
});

/** POST /account/apps/revoke. */
export const submitDisconnect = forForm(async (context, { visitor, body }) => {
  const clientId = body.one('client_id') ?? '';
  const done = await disconnectApp(context.authority, visitor.user.id, clientId);
  return redirect(
    context,
    `${context.base}/account${done ? `?disconnected=${encodeURIComponent(clientId)}` : ''}`,
  );
});

/** POST /account/sessions/end: one of them, or all. */
export const submitEndSession = forForm(async (context, { visit, visitor, body }) => {
  const sessionId = body.one('session') ?? '';
  if (sessionId === 'all') await endAllSessions(context.authority, visitor.user.id);
  else await endSession(context.authority, visitor.user.id, sessionId);
  const here = sessionId === 'all' || sessionId === visitor.session.id;
  return here
    ? leave(context, visit, visitor.session.id)
    : redirect(context, `${context.base}/account/sessions`);
});

interface Shown {
  readonly visitor: Visitor;
  /** Bound to this session: the page's forms act for it only. */
  readonly ticket: string;
  readonly cookies: readonly string[];
}

/** A page for someone signed in; others are sent to sign in. */
function forVisitor(show: (context: Context, visit: Visit, shown: Shown) => Promise<Response>): Endpoint {
  return async (context, visit) => {
    const { sessionCookie, binding: known } = context.cookies.read(visit.request);
    const visitor = await findVisitor(context.authority, sessionCookie);
    if (visitor === null) return redirect(context, `${context.base}/login`);
    const binding = known ?? Buffer.from(context.authority.random(16)).toString('base64url');
    const content = { purpose: 'account', request: null, sessionId: visitor.session.id } as const;
    const ticket = await sealTicket(context.authority, content, binding);
    const cookies = [
      ...(known === undefined ? [context.cookies.browser(binding)] : []),
      ...(visitor.renewedCookie === null ? [] : [context.cookies.session(visitor.renewedCookie)]),
    ];
    return show(context, visit, { visitor, ticket, cookies });
  };
}

interface Sent {
  readonly visit: Visit;
  readonly visitor: Visitor;
  readonly body: Awaited<ReturnType<typeof readForm>>;
}

type FormAction = (context: Context, sent: Sent) => Promise<Response>;

/** A form of the account pages: of this origin, this browser, and the session it was shown to. */
function forForm(act: FormAction): Endpoint {
  return async (context, visit) => {
    requireSameOrigin(context, visit);
    const body = await readForm(visit);
    const admitted = await admitTicket(context, visit, body.one('ticket'));
    if ('refused' in admitted) return admitted.refused;
    const visitor = await findVisitor(context.authority, context.cookies.read(visit.request).sessionCookie);
    const { purpose, sessionId } = admitted.ticket;
    if (visitor === null || purpose !== 'account' || sessionId !== visitor.session.id) {
      return redirect(context, `${context.base}/login`);
    }
    return act(context, { visit, visitor, body });
  };
}
