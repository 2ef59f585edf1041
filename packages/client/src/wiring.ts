import type { Client as OAuthClient, TokenEndpointRequestOptions } from 'oauth4webapi';
import { allowInsecureRequests, customFetch } from 'oauth4webapi';
import { type ClientConfig, readConfig, type Settings } from './config.ts';
import { discovery, type ServerMetadata, trustMetadata } from './discovery.ts';
import { memoryTransactions } from './memory-transactions.ts';
import type { Session } from './session.ts';
import type { TransactionStore } from './transaction.ts';
import { type Fetch, limited } from './transport.ts';

/** What every verb of the client works with. */
export interface Wiring {
  readonly config: ClientConfig;
  readonly settings: Settings;
  readonly transactions: TransactionStore;
  /** The client in the words of oauth4webapi. */
  readonly oauth: OAuthClient;
  /** Validated metadata of the issuer. */
  readonly server: () => Promise<ServerMetadata>;
  /** For requests to APIs. */
  readonly fetch: Fetch;
  /** For requests to the authorization server. */
  readonly serverRequest: TokenEndpointRequestOptions;
  readonly now: () => number;
  /** Refreshes under way, by session key. */
  readonly refreshing: Map<string, Promise<Session>>;
}

export function wire(config: ClientConfig): Wiring {
  const settings = readConfig(config);
  const now = config.clock ?? (() => Date.now());
  const fetch = config.fetch ?? ((request) => globalThis.fetch(request));
  const source = {
    issuer: config.issuer,
    insecureLoopback: settings.insecureLoopback,
    fetch: limited(fetch),
    now,
  };
  const fixed = config.metadata && trustMetadata(config.metadata, source);
  return {
    config,
    settings,
    transactions: config.transactions ?? memoryTransactions(),
    oauth: { client_id: config.clientId },
    server: fixed ? async () => fixed : discovery(source),
    fetch,
    serverRequest: {
      [customFetch]: source.fetch,
      [allowInsecureRequests]: settings.insecureLoopback,
      // RFC 8707 §2.2: the same resource at the token endpoint.
      ...(config.resource === undefined ? {} : { additionalParameters: { resource: config.resource } }),
    },
    now,
    refreshing: new Map(),
  };
}
