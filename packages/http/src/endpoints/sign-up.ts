import type { Parameters } from '@valetkey/protocol';
import { decline, findUsableClient, type SignUpOutcome, signUp, type Ticket } from '@valetkey/server';
import type { Context, Visit } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { formTargetOf } from '../headers.ts';
import type { SignUpProblem, SignUpView } from '../pages/views.ts';
import { page, retryAfter } from '../respond.ts';
import { answer } from './authorize.ts';
import { viewClient } from './client-view.ts';
import { admitTicket, newAccountTicket, requireSameOrigin } from './interaction.ts';
import { goOn } from './signed-in.ts';

/** GET /sign-up: the form, for an app's request (`prompt=create`) or for an account alone. */
export async function showSignUp(context: Context, visit: Visit): Promise<Response> {
  const value = readQuery(visit).one('ticket');
  if (value === undefined) {
    const { ticket, cookies } = await newAccountTicket(context, visit);
    const view = { client: null, ticket, username: '', name: '', problem: null };
    return page(context, context.pages.signUp(view, context.frame()), { cookies });
  }
  const admitted = await admitTicket(context, visit, value);
  if ('refused' in admitted) return admitted.refused;
  const { ticket } = admitted;
  const username = ticket.request?.loginHint ?? '';
  return form(context, ticket, { ticket: value, username, name: '', problem: null });
}

/** POST /sign-up: the new account, or cancel. 303 on success, so that a reload posts nothing. */
export async function submitSignUp(context: Context, visit: Visit): Promise<Response> {
  requireSameOrigin(context, visit);
  const body = await readForm(visit);
  const value = body.one('ticket');
  const admitted = await admitTicket(context, visit, value);
  if ('refused' in admitted) return admitted.refused;
  const { ticket, binding } = admitted;
  if (body.one('action') === 'cancel' && ticket.request !== null) {
    return answer(context, await decline(context.authority, ticket.request), { binding });
  }
  const outcome = await attempt(context, visit, body);
  if (outcome.outcome === 'signed-up') {
    return goOn(context, ticket, { binding, sessionCookie: outcome.cookie });
  }
  const [username, name] = [body.one('username') ?? '', body.one('name') ?? ''];
  return form(context, ticket, { ticket: value ?? '', username, name, problem: problemOf(outcome) });
}

type Attempted = SignUpOutcome | { readonly outcome: 'mismatch' };

async function attempt(context: Context, { request, address }: Visit, body: Parameters): Promise<Attempted> {
  const password = body.one('password') ?? '';
  if (password !== (body.one('password_again') ?? '')) return { outcome: 'mismatch' };
  return signUp(context.authority, {
    username: body.one('username') ?? '',
    name: body.one('name') ?? '',
    password,
    address,
    userAgent: request.headers.get('user-agent') ?? '',
    sessionCookie: context.cookies.read(request).sessionCookie,
  });
}

function problemOf(outcome: Exclude<Attempted, { outcome: 'signed-up' }>): SignUpProblem {
  const { outcome: kind, ...facts } = outcome;
  return { kind, ...facts } as SignUpProblem;
}

async function form(
  context: Context,
  { request }: Ticket,
  filled: Omit<SignUpView, 'client'>,
): Promise<Response> {
  const client = request === null ? null : await findUsableClient(context.authority, request.clientId);
  const view = { ...filled, client: client && viewClient(client) };
  return page(context, context.pages.signUp(view, context.frame()), {
    formTarget: request === null ? null : formTargetOf(request.redirectUri),
    ...problemStatus(context, filled.problem),
  });
}

function problemStatus(
  context: Context,
  problem: SignUpProblem | null,
): { status?: number; retryAfterSeconds?: number } {
  if (problem === null) return {};
  if (problem.kind === 'throttled') return retryAfter(context, problem.retryAt);
  return { status: problem.kind === 'taken' ? 409 : 422 };
}
