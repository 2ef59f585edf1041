import type { Fault } from './faulty-store.ts';
import type { Event } from './history.ts';

/** What is done to one family, before it is known what will be answered: tokens are named by how old they are. */
export interface Program {
  /** A public client rotates; of confidential ones some are set to. */
  readonly client: 'public' | 'confidential' | 'confidential, rotating';
  readonly steps: readonly Step[];
}

export type Step =
  /** One act, or several at once; `choices` decide who goes on when. */
  | { readonly step: 'acts'; readonly acts: readonly Act[]; readonly choices: readonly number[] }
  | { readonly step: 'pass'; readonly milliseconds: number }
  /** The node forgets everything that is not in the store; a durable store is closed and opened again. */
  | { readonly step: 'restart'; readonly node: number };

export interface Act {
  readonly act: ActName;
  readonly node: number;
  /** Which of several: 0 is the newest token, 1 the one before. */
  readonly pick: number;
  readonly fault?: Fault;
  /** The client never sees the answer. */
  readonly lost?: boolean;
}

export type ActName =
  | 'exchange'
  | 'exchange wrongly'
  | 'refresh'
  | 'refresh with a replaced token'
  | 'refresh narrowly'
  | 'refresh wrongly'
  | 'revoke'
  | 'revoke wrongly'
  | 'revoke access'
  | 'introspect'
  | 'introspect refresh token'
  | Event;
