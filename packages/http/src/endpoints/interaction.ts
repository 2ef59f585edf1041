import { OAuthError } from '@valetkey/protocol';
import {
  findUsableClient,
  newBinding,
  type OpenedTicket,
  openTicket,
  ownAddress,
  recordRefusal,
  sealTicket,
  type Ticket,
} from '@valetkey/server';
import type { Context, Visit } from '../context.ts';
import { errorPage } from '../respond.ts';

/** A ticket that may be acted on, or the page that says why not. */
export type Admitted = { readonly ticket: Ticket; readonly binding: string } | { readonly refused: Response };

/** Opens the ticket a page or form came with. It is bound to the browser, so it is the form's anti-forgery token too. */
export async function admitTicket(
  context: Context,
  visit: Visit,
  value: string | undefined,
): Promise<Admitted> {
  const { binding } = context.cookies.read(visit.request);
  const opened = await openTicket(context.authority, value, binding);
  if (opened.outcome === 'good' && binding !== undefined) return { ticket: opened.ticket, binding };
  return { refused: await ticketRefused(context, visit, opened) };
}

/** A ticket for one's own account, and the cookie it is bound to if the browser has none yet. */
export async function newAccountTicket(
  { authority, cookies }: Context,
  { request }: Visit,
): Promise<{ ticket: string; cookies: string[] }> {
  const known = cookies.read(request).binding;
  const binding = known ?? newBinding(authority.random);
  const content = { purpose: 'account', request: null, sessionId: null } as const;
  return {
    ticket: await sealTicket(authority, content, binding),
    cookies: known === undefined ? [cookies.browser(binding)] : [],
  };
}

/**
 * A form may be posted by a page of this origin only. Browsers say so in Sec-Fetch-Site; older ones in Origin, which is
 * "null" here since our pages send no referrer. Whoever says neither is held by the ticket alone.
 */
export function requireSameOrigin(context: Context, { request }: Visit): void {
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin');
  const own = new URL(context.authority.config.issuer).origin;
  if (site === null ? origin === null || origin === 'null' || origin === own : site === 'same-origin') return;
  throw new OAuthError('invalid_request', 'This form was sent by another site.', {
    field: site === null ? 'Origin' : 'Sec-Fetch-Site',
    expected: own,
    got: site ?? origin ?? 'absent',
    requirement: 'AZ-073',
  });
}

const explanations = {
  good: 'Your browser did not keep the cookie this page needs. Allow cookies for this site and start again.',
  expired: 'This page was open for too long, so nothing was done. Start again at the app you came from.',
  'other-browser':
    'This page was opened in another browser, or your browser did not keep the cookie it needs. Start again here, with cookies allowed.',
  forged: 'This page is out of date or its address is incomplete. Start again at the app you came from.',
} as const;

const found = {
  good: 'a good ticket and no cookie',
  expired: 'one that has expired',
  'other-browser': 'one of another browser, or no cookie',
  forged: 'none, or one that does not open',
} as const;

async function ticketRefused(context: Context, visit: Visit, opened: OpenedTicket): Promise<Response> {
  const clientId = opened.outcome === 'forged' ? undefined : opened.ticket.request?.clientId;
  const isLate = opened.outcome === 'expired';
  const code = isLate ? 'interaction_expired' : 'interaction_invalid';
  const reference = recordRefusal(context.authority, {
    error: {
      code,
      reason: {
        field: 'ticket',
        expected: 'a ticket of this server, shown to this browser not long ago',
        got: found[opened.outcome],
        requirement: 'AZ-073',
      },
    },
    endpoint: visit.url.pathname.slice(context.base.length + 1),
    clientId: clientId ?? null,
  });
  return errorPage(context, {
    title: isLate ? 'This page has expired' : 'This page cannot be used any more',
    advice: explanations[opened.outcome],
    code,
    reference,
    link: await startAgain(context, opened),
  });
}

/**
 * The way back to the app: its homepage, or else the site its answers go to. Whoever has the link to a page of somebody else
 * was never at the app: she is led to none that nobody vouches for (RFC 9700 §4.11.2).
 */
async function startAgain(
  context: Context,
  opened: OpenedTicket,
): Promise<{ href: string; label: string } | null> {
  const request = opened.outcome === 'forged' ? null : opened.ticket.request;
  if (request === null) return null;
  const client = await findUsableClient(context.authority, request.clientId);
  if (client === null || (client.origin !== undefined && opened.outcome === 'other-browser')) return null;
  const { origin } = new URL(request.redirectUri);
  const href = ownAddress(client, client.homepage) ?? (origin === 'null' ? null : origin);
  return href === null ? null : { href, label: `Start again at ${client.name}` };
}
