import { OAuthError, Parameters, writePairs } from '@valetkey/protocol';
import {
  confirmLogout,
  findVisitor,
  type LogoutOutcome,
  type LogoutRequest,
  logout,
  newBinding,
  readLogoutRequest,
  recordRefusal,
  sealTicket,
} from '@valetkey/server';
import type { Context, Visit } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { formTargetOf } from '../headers.ts';
import { errorPage, page, redirect } from '../respond.ts';
import { viewClient } from './client-view.ts';
import { admitTicket, requireSameOrigin } from './interaction.ts';
import { sayGoodbye } from './signed-out.ts';

/** GET /logout: an app's request (OpenID Connect RP-Initiated Logout §2), or a person who wants to sign out. */
export function showLogout(context: Context, visit: Visit): Promise<Response> {
  return begin(context, visit, readQuery(visit));
}

/** POST /logout: the form of our own page, or an app's request. */
export async function submitLogout(context: Context, visit: Visit): Promise<Response> {
  const body = await readForm(visit);
  if (!takesRequests(context) || isOurForm(body)) return confirm(context, visit, body);
  // Browsers keep Lax cookies back from a form that another site posts; the same request as a GET brings them.
  if (context.cookies.read(visit.request).sessionCookie === undefined && body.isDecoded) {
    return redirect(context, `${context.base}/logout?${writePairs(body.pairs())}`);
  }
  return begin(context, visit, body);
}

function takesRequests({ authority: { config } }: Context): boolean {
  return config.features.openid && config.features.rpLogout;
}

/** By the names of its ticket and its buttons, with whatever values: no app has reason to send either. */
function isOurForm(body: Parameters): boolean {
  return body.pairs().some(([name]) => name === 'ticket' || name === 'action');
}

async function begin(context: Context, visit: Visit, parameters: Parameters): Promise<Response> {
  const { authority } = context;
  const asked = takesRequests(context) ? parameters : Parameters.of([]);
  let request: LogoutRequest;
  try {
    request = await readLogoutRequest(authority, asked);
  } catch (error) {
    if (error instanceof OAuthError) return refuse(context, parameters, error);
    throw error;
  }
  const visitor = await findVisitor(authority, context.cookies.read(visit.request).sessionCookie);
  return answer(context, visit, await logout(authority, request, visitor));
}

/** The yes of the person, or her no. */
async function confirm(context: Context, visit: Visit, body: Parameters): Promise<Response> {
  requireSameOrigin(context, visit);
  const admitted = await admitTicket(context, visit, body.one('ticket'));
  if ('refused' in admitted) return admitted.refused;
  const { purpose, logout: pending, sessionId } = admitted.ticket;
  if (purpose !== 'logout' || pending === undefined || sessionId === null) {
    return redirect(context, `${context.base}/login`);
  }
  if (body.one('action') === 'cancel') return redirect(context, `${context.base}/account`);
  const visitor = await findVisitor(context.authority, context.cookies.read(visit.request).sessionCookie);
  const outcome = await confirmLogout(context.authority, { pending, asked: sessionId }, visitor);
  return answer(context, visit, outcome);
}

function answer(context: Context, visit: Visit, outcome: LogoutOutcome): Promise<Response> {
  return outcome.outcome === 'ask' ? ask(context, visit, outcome) : sayGoodbye(context, visit, outcome);
}

type Question = Extract<LogoutOutcome, { outcome: 'ask' }>;

/** A link elsewhere must not sign anybody out. */
async function ask(
  context: Context,
  visit: Visit,
  { visitor, client, pending }: Question,
): Promise<Response> {
  const known = context.cookies.read(visit.request).binding;
  const binding = known ?? newBinding(context.authority.random);
  const content = {
    purpose: 'logout',
    request: null,
    sessionId: visitor.session.id,
    logout: pending,
  } as const;
  const view = {
    person: visitor.user,
    client: client && viewClient(client),
    ticket: await sealTicket(context.authority, content, binding),
  };
  const { postLogoutRedirectUri: uri } = pending;
  return page(context, context.pages.signOut(view, context.frame()), {
    formTarget: uri === null ? null : formTargetOf(uri),
    cookies: [
      ...(known === undefined ? [context.cookies.browser(binding)] : []),
      ...(visitor.renewedCookie === null ? [] : [context.cookies.session(visitor.renewedCookie)]),
    ],
  });
}

/** A page, and a way to sign out all the same: never a redirect (RP-Initiated Logout §4). */
function refuse(context: Context, parameters: Parameters, error: OAuthError): Promise<Response> {
  const clientId = parameters.all('client_id')[0]?.slice(0, 200) ?? null;
  return errorPage(context, {
    title: error.description,
    advice:
      'Nothing was done: if you were signed in here, you still are. The developer of the app has to mend its request; you can sign out here yourself.',
    code: error.code,
    reference: recordRefusal(context.authority, { error, endpoint: 'logout', clientId }),
    link: { href: `${context.base}/logout`, label: 'Sign out here' },
  });
}
