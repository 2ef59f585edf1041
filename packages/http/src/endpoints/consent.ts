import { isLoopbackRedirectUri } from '@valetkey/protocol';
import {
  askConsent,
  type ConsentQuestion,
  decline,
  findVisitor,
  giveConsent,
  ownAddress,
  type PendingRequest,
  type Ticket,
} from '@valetkey/server';
import type { Context, Visit } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { formTargetOf } from '../headers.ts';
import type { ConsentView } from '../pages/views.ts';
import { page, redirect } from '../respond.ts';
import { answer } from './authorize.ts';
import { viewDetails } from './detail-views.ts';
import { admitTicket, requireSameOrigin } from './interaction.ts';
import { viewScopes } from './scope-views.ts';

/** GET /consent: the question. */
export async function showConsent(context: Context, visit: Visit): Promise<Response> {
  const value = readQuery(visit).one('ticket');
  const admitted = await admitTicket(context, visit, value);
  if ('refused' in admitted) return admitted.refused;
  const { ticket, binding } = admitted;
  if (ticket.request === null) return redirect(context, `${context.base}/account`);
  const { sessionCookie } = context.cookies.read(visit.request);
  const question = await askConsent(context.authority, ticket.request, { sessionCookie, binding });
  if (question === null) return redirect(context, `${context.base}/login?ticket=${value}`);
  const view = viewOf(context, question, ticket.request);
  return page(context, context.pages.consent(view, context.frame()), {
    formTarget: formTargetOf(question.redirectUri),
  });
}

/** POST /consent: the decision. */
export async function submitConsent(context: Context, visit: Visit): Promise<Response> {
  requireSameOrigin(context, visit);
  const body = await readForm(visit);
  const admitted = await admitTicket(context, visit, body.one('ticket'));
  if ('refused' in admitted) return admitted.refused;
  const { ticket, binding } = admitted;
  if (!isForRequest(ticket)) return redirect(context, `${context.base}/account`);
  const browser = { binding, sessionCookie: context.cookies.read(visit.request).sessionCookie };
  if (body.one('decision') === 'approve')
    return answer(context, await giveConsent(context.authority, ticket, browser), { binding });
  await noteDenial(context, ticket.request, browser.sessionCookie);
  return answer(context, await decline(context.authority, ticket.request), { binding });
}

function isForRequest(ticket: Ticket): ticket is Ticket & { request: PendingRequest } {
  return ticket.request !== null;
}

async function noteDenial(
  context: Context,
  request: PendingRequest,
  sessionCookie: string | undefined,
): Promise<void> {
  const visitor = await findVisitor(context.authority, sessionCookie);
  if (visitor === null) return;
  const at = context.authority.clock();
  context.authority.emit({ type: 'consent.denied', at, userId: visitor.user.id, clientId: request.clientId });
}

function viewOf(context: Context, question: ConsentQuestion, request: PendingRequest): ConsentView {
  const { client, visitor, redirectUri } = question;
  const { config } = context.authority;
  return {
    client: {
      name: client.name,
      homepage: ownAddress(client, client.homepage),
      redirectHost: hostOf(redirectUri),
      // A client that proves itself at the token endpoint cannot be posed as by another program of this machine.
      loopback: client.authenticationMethod === 'none' && isLoopbackRedirectUri(redirectUri),
      unverified: client.origin !== undefined,
      documentHost: client.origin === 'document' ? new URL(client.id).host : null,
      changed: question.changed,
      policyUri: ownAddress(client, client.about?.policyUri),
      tosUri: ownAddress(client, client.about?.tosUri),
    },
    person: { name: visitor.user.name, username: visitor.user.username },
    newScopes: viewScopes(config, question.newScopes),
    knownScopes: viewScopes(config, question.knownScopes),
    resources: config.resources
      .filter((resource) => request.resources.includes(resource.identifier))
      .map((resource) => resource.name),
    details: viewDetails(config, question.details),
    ticket: question.ticket,
  };
}

/** Where the answer goes: a host, or the scheme of an app on this device. */
function hostOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host === '' ? url.protocol : url.host;
}
