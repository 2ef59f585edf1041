import { randomBytes } from 'node:crypto';
import { createHandler, type HandlerOptions } from '@valetkey/http';
import { type AuthorityEvent, type ConfigInput, createAuthority, type Store } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { addClient, addUser } from './registry.ts';
import type { Target } from './target.ts';

export const photosApi = 'https://photos.example/api';

export function testConfig(over: Partial<ConfigInput> = {}): ConfigInput {
  return {
    issuer: 'https://auth.example',
    scopes: {
      'photos:read': { description: 'see your photos' },
      'photos:write': { description: 'add photos to your albums' },
    },
    resources: [{ identifier: photosApi, name: 'Photo API', scopes: ['photos:read', 'photos:write'] }],
    ...over,
  };
}

export interface TargetOptions {
  readonly config?: Partial<ConfigInput>;
  readonly store?: Store;
  readonly handler?: HandlerOptions;
  /** Peer address of every request. */
  readonly address?: string;
}

/** The fetch handler in this process, on a store (memory if none is given), with a clock that can be moved. */
export async function inProcess(options: TargetOptions = {}): Promise<Target> {
  const events: AuthorityEvent[] = [];
  const store = options.store ?? memoryStore();
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  const config = testConfig(options.config);
  const ports = { store, rootKey: randomBytes(32), clock, random: randomBytes, emit: (event: AuthorityEvent) => void events.push(event) };
  const authority = createAuthority(config, ports);
  const handler = createHandler(authority, options.handler);
  return {
    issuer: config.issuer,
    fetch: (request) => handler(request, { address: options.address ?? '192.0.2.1' }),
    events,
    store,
    now: clock,
    pass: (milliseconds) => {
      ahead += milliseconds;
    },
    addClient: (over) => addClient(authority, over),
    addUser: (over) => addUser(authority, over),
    stop: () => store.close(),
  };
}
