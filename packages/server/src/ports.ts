import type {
  Client,
  Consent,
  Grant,
  PushedRequest,
  RevocationReason,
  Session,
  StoredKey,
  User,
  UserProfile,
} from './model.ts';

/**
 * What the rules need of the world. Every port is a verb with outcomes; whatever must happen once is one verb, so that
 * a store cannot race between finding and using. Time comes in as an argument: a store never asks its own clock.
 * A store that cannot answer throws `StoreUnavailable`; nothing that was acknowledged may be lost after that.
 */
export interface Store {
  readonly clients: ClientStore;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly consents: ConsentStore;
  readonly grants: GrantStore;
  readonly keys: KeyStore;
  readonly attempts: AttemptStore;
  readonly once: OnceStore;
  readonly pushed: PushedRequestStore;
  /** The person, her session and her consent to a client in one read: what a grant rests on. */
  standing(query: StandingQuery): Promise<Standing>;
  /**
   * Deletes what has been dead for long enough: grants past `sweepAt`, ended sessions, old attempts, what may be used
   * again, expired requests, and clients whose registration has expired. At most `sweepLimit` of each, so that nobody
   * waits long behind it: whoever hears that number has to ask again.
   */
  sweep(now: number): Promise<Swept>;
  /** Resolves when the store can read and write; throws `StoreUnavailable` otherwise. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface StandingQuery {
  readonly userId: string;
  readonly clientId: string;
  readonly sessionId: string;
}

export interface Standing {
  readonly user: User | null;
  readonly session: Session | null;
  readonly consent: Consent | null;
}

/** What one sweep deletes of each kind at most. */
export const sweepLimit = 1000;

export interface Swept {
  readonly grants: number;
  readonly sessions: number;
  readonly attempts: number;
  readonly once: number;
  readonly pushed: number;
  readonly clients: number;
}

export interface ClientStore {
  find(id: string): Promise<Client | null>;
  /** By id, ascending. */
  list(): Promise<readonly Client[]>;
  add(client: Client): Promise<'added' | 'exists'>;
  /**
   * Replaces the record if its stored version is `client.version`, and stores `version + 1`.
   * Of two writers that read the same version one gets `conflict`.
   */
  replace(client: Client): Promise<'replaced' | 'conflict' | 'unknown'>;
  remove(id: string): Promise<'removed' | 'unknown'>;
}

export interface UserStore {
  find(id: string): Promise<User | null>;
  /** `username` is normalized by the caller. */
  findByUsername(username: string): Promise<User | null>;
  /** By username, ascending. */
  list(): Promise<readonly User[]>;
  add(user: User): Promise<'added' | 'exists'>;
  /** Also raises `sessionEpoch`; with `endGrants` also `grantEpoch`. One statement. */
  setPassword(change: {
    id: string;
    passwordHash: string;
    endGrants: boolean;
  }): Promise<'changed' | 'unknown'>;
  /** In place of the profile that was there. */
  setProfile(change: { id: string; name: string; profile: UserProfile }): Promise<'changed' | 'unknown'>;
  /** Raises `sessionEpoch`: signs the person out everywhere. */
  endSessions(id: string): Promise<'ended' | 'unknown'>;
  /** Raises both epochs. `now: null` enables again (what died stays dead). */
  setDisabled(change: { id: string; disabledAt: number | null }): Promise<'changed' | 'unknown'>;
}

export interface SessionStore {
  find(id: string): Promise<Session | null>;
  open(session: Session): Promise<'opened' | 'exists'>;
  /** A new secret and a new authentication for the same session; refused once it has ended. */
  renew(renewal: SessionRenewal): Promise<'renewed' | 'ended' | 'unknown'>;
  end(id: string, now: number): Promise<'ended' | 'already' | 'unknown'>;
  /** Sessions of a person that have not ended and not passed `endsAt`, newest first. Epochs are for the rules to judge. */
  listOf(userId: string, now: number): Promise<readonly Session[]>;
  /** Notes that a client was signed in to in this session; again is no error and no write, nor is a missing session. */
  enter(entry: { sessionId: string; clientId: string; now: number }): Promise<void>;
  /** Ids of the clients entered, ascending. They go when the session is swept. */
  clientsOf(sessionId: string): Promise<readonly string[]>;
}

export interface SessionRenewal {
  readonly id: string;
  readonly secretHash: string;
  readonly sessionEpoch: number;
  readonly authenticatedAt: number;
  readonly amr: readonly string[];
  readonly endsAt: number;
}

export interface ConsentStore {
  find(userId: string, clientId: string): Promise<Consent | null>;
  /** Of one person, those not withdrawn, most recently decided first. */
  listOf(userId: string): Promise<readonly Consent[]>;
  /**
   * Stores `consent` with `version + 1` if the stored version is `consent.version` (0: there is no row yet).
   * Two tabs that decide at once: one gets `conflict` and reads again.
   */
  record(consent: Consent): Promise<'recorded' | 'conflict'>;
  /** Empties scopes and resources, drops the facts, sets `withdrawnAt`, raises `epoch` and `version`, in one statement. */
  withdraw(userId: string, clientId: string, now: number): Promise<'withdrawn' | 'already' | 'unknown'>;
  /** Sets `lastUsedAt`; does not change `version`. A missing row is not an error. */
  use(userId: string, clientId: string, now: number): Promise<void>;
}

export type Advanced =
  | { readonly outcome: 'advanced'; readonly grant: Grant }
  /** The presented generation is not the current one; the grant tells which is. */
  | { readonly outcome: 'stale' | 'revoked' | 'expired'; readonly grant: Grant }
  | { readonly outcome: 'unknown' };

export type Used =
  | { readonly outcome: 'alive' | 'revoked' | 'expired'; readonly grant: Grant }
  | { readonly outcome: 'unknown' };

export interface GrantStore {
  find(id: string): Promise<Grant | null>;
  /** Redeeming a code is inserting its row: the id is the primary key, so of any number of racers one opens. */
  open(grant: Grant): Promise<'opened' | 'replayed'>;
  /**
   * One conditional update: if alive and `generation` is current, generation + 1, `advancedAt` and `lastUsedAt` = now,
   * `expiresAt` = min(endsAt, now + idle). Only when no row answers, the row is read to say why. A dead grant is told
   * as `revoked` or `expired` before `stale`.
   */
  advance(step: { id: string; generation: number; now: number; idle: number }): Promise<Advanced>;
  /**
   * For refresh tokens that do not rotate: reads the grant, and writes `lastUsedAt` and `expiresAt` only when the last
   * use is older than `staleAfter`.
   */
  use(step: { id: string; now: number; idle: number; staleAfter: number }): Promise<Used>;
  /** Sets `revokedAt`, `revokedWhy`, `sweepAt`. The first reason stays. */
  revoke(step: {
    id: string;
    why: RevocationReason;
    now: number;
    sweepAt: number;
  }): Promise<'revoked' | 'already' | 'unknown'>;
  /** Raises `accessEpoch`: access tokens issued so far are dead, the refresh token lives. */
  revokeAccess(id: string): Promise<'revoked' | 'unknown'>;
}

export interface KeyStore {
  /** All of them, by purpose, algorithm, slot. */
  list(): Promise<readonly StoredKey[]>;
  add(key: StoredKey): Promise<'added' | 'exists'>;
  /** Withdraws a key at once. */
  revoke(id: string, now: number): Promise<'revoked' | 'already' | 'unknown'>;
  remove(id: string): Promise<'removed' | 'unknown'>;
}

export type Taken =
  | { readonly outcome: 'taken'; readonly left: number }
  | { readonly outcome: 'refused'; readonly retryAt: number };

/** Counts tries in windows, before the try is judged, so that racing guesses cannot pass the limit. */
export interface AttemptStore {
  /**
   * One conditional upsert: a new window starts when the old one is over (`windowEndsAt <= now`); a try is taken while
   * the count is below `limit`; otherwise `refused` with the window's end. A refused try does not change the row.
   */
  take(attempt: { key: string; limit: number; window: number; now: number }): Promise<Taken>;
  clear(key: string): Promise<void>;
}

/** Remembers what may be used once: the `jti` of an assertion or a proof, a one-time link. */
export interface OnceStore {
  /** One conditional upsert: of any number of racers on any number of nodes one hears `first`, until `until` has passed. */
  use(entry: { key: string; until: number; now: number }): Promise<'first' | 'again'>;
}

export interface PushedRequestStore {
  push(request: PushedRequest): Promise<'pushed' | 'exists'>;
  /** `null` also when it has expired or is complete. */
  find(id: string, now: number): Promise<PushedRequest | null>;
  /** Ends it: of any number of racers one hears `completed`. Once it has expired it is `unknown`. */
  complete(id: string, now: number): Promise<'completed' | 'already' | 'unknown'>;
}

/** Fetches what others publish, guarded: https only, public addresses only, no redirects, bounded in time and size. */
export interface Fetcher {
  /** Never throws. What it tells holds no body and no secret, but may hold host names and addresses. */
  fetch(request: OutgoingRequest): Promise<Fetched>;
}

export interface OutgoingRequest {
  readonly url: string;
  /** Media types that are taken, as `application/json`; `+json` stands for every type with that suffix; none: any type. */
  readonly accept: readonly string[];
  /** Bytes of the body, at most. */
  readonly longest: number;
  /** An `application/x-www-form-urlencoded` body to POST; absent: GET. */
  readonly form?: string;
  /** An entity tag that is known already. */
  readonly ifNoneMatch?: string;
}

export type Fetched =
  /** GET: status 200; POST: 200 or 204. */
  | {
      readonly outcome: 'fetched';
      readonly status: number;
      /** Lower case, without parameters; empty when there is no body. */
      readonly mediaType: string;
      readonly body: string;
      /** From Cache-Control or Expires; 0: not to be kept; `null`: nothing is said. */
      readonly freshForSeconds: number | null;
    }
  /** By our guard, before anything was sent: not https, a special address, credentials in the URL. */
  | { readonly outcome: 'refused'; readonly why: string }
  /** By the other side: time limit, too large, redirect, wrong status, wrong type, TLS, connection. */
  | { readonly outcome: 'failed'; readonly why: string };

/** The store cannot answer now; the request may be tried again. Its cause goes to the log only. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
