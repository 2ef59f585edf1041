import type { HandlerOptions } from '@valetkey/http';
import type {
  AuthorityEvent,
  Client,
  ClientCertificate,
  ConfigInput,
  Fetcher,
  Store,
  User,
} from '@valetkey/server';
import type { Fetch } from '../support/browser.ts';

/** An authorization server under test, with the levers that a black box cannot pull from outside. */
export interface Target {
  readonly issuer: string;
  readonly fetch: Fetch;
  /** Everything it has reported, in order. */
  readonly events: readonly AuthorityEvent[];
  readonly store: Store;
  /** Moves the server's clock ahead. */
  readonly pass: (milliseconds: number) => void;
  readonly now: () => number;
  readonly addClient: (over?: Partial<Client>) => Promise<TestClient>;
  readonly addUser: (over?: Partial<User> & { password?: string }) => Promise<TestUser>;
  readonly stop: () => Promise<void>;
}

/** One that can be stopped and started again over what its store has kept. */
export interface RestartableTarget extends Target {
  /** New processes with the same configuration, root key and store; the address stays. */
  readonly restart: () => Promise<void>;
}

export interface TestClient {
  readonly id: string;
  /** Empty for a public client. */
  readonly secret: string;
  readonly redirectUri: string;
  readonly record: Client;
}

export interface TestUser {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

export interface TargetOptions {
  readonly config?: Partial<ConfigInput>;
  readonly store?: Store;
  readonly handler?: HandlerOptions;
  /** Reaches what clients publish, and what is posted to them; absent: nothing is. */
  readonly fetcher?: Fetcher;
  /** Peer address of every request. */
  readonly address?: string;
  /** What the client shows in the TLS handshake, asked for at every request; of the handler in this process only. */
  readonly certificate?: () => ClientCertificate | undefined;
}
