import type { Authority } from '../authority.ts';
import { equalInConstantTime, hashSecret } from '../constant-time.ts';
import type { PendingLogout } from '../logout/logout.ts';
import { openFromAddress, sealForAddress } from './address-value.ts';
import type { PendingRequest } from './request.ts';

/**
 * What a form brings back: the pending request, or a visit to the account pages. Sealed, short-lived, and bound to a
 * cookie of this browser, so that it is the form's anti-forgery token too and tabs are independent of each other.
 */
export interface Ticket {
  /** `signed-out`: after a logout, for what is left to show. */
  readonly purpose: 'authorize' | 'account' | 'logout' | 'signed-out';
  readonly request: PendingRequest | null;
  readonly logout?: PendingLogout;
  readonly issuedAt: number;
  /** The session a page was shown to; its form acts for that session only. */
  readonly sessionId: string | null;
}

/** The secret of a browser's cookie, for a browser that has none yet. */
export function newBinding(random: (size: number) => Uint8Array): string {
  return Buffer.from(random(16)).toString('base64url');
}

type Content = Ticket & { readonly binding: string };

export type OpenedTicket =
  | { readonly outcome: 'good'; readonly ticket: Ticket }
  | { readonly outcome: 'expired'; readonly ticket: Ticket }
  | { readonly outcome: 'other-browser'; readonly ticket: Ticket }
  | { readonly outcome: 'forged' };

/** `browser` is the secret of the browser's cookie. */
export function sealTicket(
  authority: Authority,
  ticket: Omit<Ticket, 'issuedAt'>,
  browser: string,
): Promise<string> {
  const content: Content = { ...ticket, issuedAt: authority.clock(), binding: hashSecret(browser) };
  const clientId = ticket.request?.clientId ?? '';
  // A little longer than it is good: who is late is told so.
  const life = 2 * authority.config.lifetimes.interaction * 1000;
  return sealForAddress(authority, 'ticket', { content, clientId, life });
}

export async function openTicket(
  authority: Authority,
  value: string | undefined,
  browser: string | undefined,
): Promise<OpenedTicket> {
  const content =
    value === undefined
      ? undefined
      : ((await openFromAddress(authority, 'ticket', value)) as Content | undefined);
  if (content === undefined) return { outcome: 'forged' };
  const { binding, ...ticket } = content;
  if (browser === undefined || !equalInConstantTime(hashSecret(browser), binding))
    return { outcome: 'other-browser', ticket };
  const age = authority.clock() - ticket.issuedAt;
  return { outcome: age < authority.config.lifetimes.interaction * 1000 ? 'good' : 'expired', ticket };
}
