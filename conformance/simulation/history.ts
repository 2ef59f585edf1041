/** What was asked of a family, and what was answered: the evidence that the checker judges. */

export type Rightness = 'right' | 'wrong-secret' | 'other-client';

export type Call =
  | {
      readonly kind: 'exchange';
      readonly how: Rightness | 'wrong-verifier' | 'no-verifier' | 'wrong-redirect-uri';
    }
  /** `generation` of the refresh token that is presented. */
  | {
      readonly kind: 'refresh';
      readonly generation: number;
      readonly how: Rightness | 'narrower' | 'wider';
    }
  | { readonly kind: 'revoke'; readonly generation: number; readonly how: Rightness }
  /** `of`: the operation that was answered with the access token. */
  | { readonly kind: 'revoke-access'; readonly of: number; readonly how: Rightness }
  | { readonly kind: 'introspect'; readonly of: number }
  | { readonly kind: 'introspect-refresh'; readonly generation: number }
  | { readonly kind: 'event'; readonly event: Event };

/** What happens to the things a family rests on. */
export type Event =
  | 'user-disabled'
  | 'user-enabled'
  | 'password-reset'
  | 'password-changed'
  | 'signed-out'
  | 'consent-withdrawn'
  | 'client-disabled'
  | 'client-enabled'
  | 'revoked-by-administrator';

/** Events after which nothing of the family may work. */
export const deadlyEvents = [
  'user-disabled',
  'password-reset',
  'consent-withdrawn',
  'client-disabled',
  'revoked-by-administrator',
] as const satisfies readonly Event[];

export type Outcome =
  /** A revocation or an event was acknowledged. */
  | 'ok'
  /** An exchange or refresh gave tokens. */
  | 'tokens'
  | 'active'
  | 'inactive'
  /** No answer was seen, or one that says nothing (503): it may have happened, or may yet. */
  | 'unknown'
  | `refused: ${string}`;

export interface Operation {
  readonly id: number;
  readonly node: number;
  readonly call: Call;
  readonly outcome: Outcome;
  /** The clock while it ran: it stands still as long as anything is running. */
  readonly now: number;
  /** Positions in the order of all calls and returns; an unknown outcome never returns. */
  readonly called: number;
  readonly returned: number;
  /** What the client holds since. */
  readonly tokens?: Tokens;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Of the refresh token: one more than that of the one presented, or the same where tokens last. */
  readonly generation: number;
  readonly scopes: readonly string[];
}

export function describeOperation({ id, node, call, outcome, now, called, returned }: Operation): string {
  const { kind, ...rest } = call;
  const what = Object.values(rest).join(' ');
  return `#${id} node ${node} at ${now} [${called}, ${returned}] ${kind} ${what}: ${outcome}`;
}
