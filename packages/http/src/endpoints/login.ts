import type { Parameters } from '@valetkey/protocol';
import {
  afterChoice,
  decline,
  findUsableClient,
  findVisitor,
  type PendingRequest,
  resume,
  sealTicket,
  signInWithPassword,
  type Ticket,
  type Visitor,
  withOtherAccount,
} from '@valetkey/server';
import type { Context, Visit } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { formTargetOf } from '../headers.ts';
import type { SignInProblem } from '../pages/views.ts';
import { page, redirect, retryAfter } from '../respond.ts';
import { answer } from './authorize.ts';
import { viewClient } from './client-view.ts';
import { admitTicket, newAccountTicket, requireSameOrigin } from './interaction.ts';
import { goOn } from './signed-in.ts';

/** GET /login: the form, for an app's request or for one's own account. */
export async function showLogin(context: Context, visit: Visit): Promise<Response> {
  const value = readQuery(visit).one('ticket');
  if (value === undefined) return showAccountLogin(context, visit);
  const admitted = await admitTicket(context, visit, value);
  if ('refused' in admitted) return admitted.refused;
  const { request } = admitted.ticket;
  const visitor = request?.prompt.includes('select_account') ? await visitorOf(context, visit) : null;
  if (request !== null && visitor !== null) return showChoice(context, request, { value, visitor });
  return form(context, admitted.ticket, { value, username: request?.loginHint ?? '', problem: null });
}

function visitorOf(context: Context, { request }: Visit): Promise<Visitor | null> {
  return findVisitor(context.authority, context.cookies.read(request).sessionCookie);
}

/** `prompt=select_account` (OpenID Connect Core §3.1.2.1): the person who is here, or another one. */
async function showChoice(
  context: Context,
  request: PendingRequest,
  { value, visitor }: { value: string; visitor: Visitor },
): Promise<Response> {
  const client = await findUsableClient(context.authority, request.clientId);
  const view = {
    client: client && viewClient(client),
    person: { name: visitor.user.name, username: visitor.user.username },
    ticket: value,
  };
  return page(context, context.pages.accountChoice(view, context.frame()), {
    formTarget: formTargetOf(request.redirectUri),
  });
}

/** POST /login: the password, or cancel. 303 on success, so that a reload posts nothing. */
export async function submitLogin(context: Context, visit: Visit): Promise<Response> {
  requireSameOrigin(context, visit);
  const body = await readForm(visit);
  const value = body.one('ticket');
  const admitted = await admitTicket(context, visit, value);
  if ('refused' in admitted) return admitted.refused;
  const { ticket, binding } = admitted;
  if (body.one('action') === 'cancel' && ticket.request !== null) {
    return answer(context, await decline(context.authority, ticket.request), { binding });
  }
  if (ticket.request !== null && body.one('action') === 'continue') {
    const request = afterChoice(ticket.request);
    const { sessionCookie } = context.cookies.read(visit.request);
    return answer(
      context,
      await resume(context.authority, { request, browser: { binding, sessionCookie } }),
      {
        binding,
      },
    );
  }
  if (ticket.request !== null && body.one('action') === 'other') {
    const request = withOtherAccount(ticket.request);
    const other = await sealTicket(
      context.authority,
      { purpose: 'authorize', request, sessionId: null },
      binding,
    );
    return redirect(context, `${context.base}/login?ticket=${other}`);
  }
  const signedIn = await signIn(context, visit, body);
  if (signedIn.outcome === 'signed-in')
    return goOn(context, ticket, { binding, sessionCookie: signedIn.cookie });
  const problem: SignInProblem =
    signedIn.outcome === 'wrong' ? { kind: 'wrong' } : { kind: 'throttled', retryAt: signedIn.retryAt };
  return form(context, ticket, { value: value ?? '', username: body.one('username') ?? '', problem });
}

function signIn(context: Context, { request, address }: Visit, body: Parameters) {
  return signInWithPassword(context.authority, {
    username: body.one('username') ?? '',
    password: body.one('password') ?? '',
    address,
    userAgent: request.headers.get('user-agent') ?? '',
    sessionCookie: context.cookies.read(request).sessionCookie,
  });
}

async function showAccountLogin(context: Context, visit: Visit): Promise<Response> {
  const { ticket, cookies } = await newAccountTicket(context, visit);
  const { signUp } = context.authority.config.features;
  const view = { client: null, ticket, username: '', problem: null, signUp };
  return page(context, context.pages.signIn(view, context.frame()), { cookies });
}

async function form(
  context: Context,
  ticket: Ticket,
  filled: { value: string; username: string; problem: SignInProblem | null },
): Promise<Response> {
  const { request } = ticket;
  const client = request === null ? null : await findUsableClient(context.authority, request.clientId);
  const view = {
    client: client && viewClient(client),
    ticket: filled.value,
    username: filled.username,
    problem: filled.problem,
    signUp: context.authority.config.features.signUp,
  };
  return page(context, context.pages.signIn(view, context.frame()), {
    formTarget: request === null ? null : formTargetOf(request.redirectUri),
    ...problemStatus(context, filled.problem),
  });
}

function problemStatus(
  context: Context,
  problem: SignInProblem | null,
): { status?: number; retryAfterSeconds?: number } {
  if (problem === null) return {};
  if (problem.kind === 'wrong') return { status: 403 };
  return retryAfter(context, problem.retryAt);
}
