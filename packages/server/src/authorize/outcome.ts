import type { OAuthError } from '@valetkey/protocol';
import type { Answer } from './answer.ts';
import type { Recipient } from './recipient.ts';

/** What is known of the browser: the values of its cookies, if it sent them. */
export interface Browser {
  readonly binding: string | undefined;
  readonly sessionCookie: string | undefined;
}

/** Pages of ours that an authorization request can lead to. */
export type PageName = 'sign-in' | 'sign-up' | 'choose-account' | 'consent';

/** An error as the wire hears it. */
export interface Told {
  readonly code: OAuthError['code'];
  readonly text: string;
  readonly reference: string;
}

/** Where an authorization request got to. */
export type AuthorizeOutcome =
  /** To the recipient, with a code or an error. */
  | { readonly outcome: 'answer'; readonly answer: Answer; readonly renewedCookie: string | null }
  /** The same, but by way of a page: nobody vouches for this app, and nobody is signed in (RFC 9700 §4.11.2). */
  | {
      readonly outcome: 'interstitial';
      readonly answer: Answer;
      readonly recipient: Recipient;
      readonly error: Told;
    }
  /** To a page of ours, with the ticket. `binding` is the browser secret the ticket is bound to. */
  | { readonly outcome: PageName; readonly ticket: string; readonly binding: string };
