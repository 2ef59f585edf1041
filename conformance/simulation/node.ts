import { randomBytes } from 'node:crypto';
import { createHandler, type HandlerOptions } from '@valetkey/http';
import {
  type Authority,
  type AuthorityEvent,
  type ConfigInput,
  createAuthority,
  type Store,
} from '@valetkey/server';
import { testConfig } from '../targets/in-process.ts';
import { addClient, addUser } from '../targets/registry.ts';
import type { Target } from '../targets/target.ts';

/** A clock that moves only when told. */
export interface Clock {
  now: number;
}

export interface NodeOptions {
  readonly store: Store;
  readonly rootKey: Uint8Array;
  readonly clock: Clock;
  readonly config?: Partial<ConfigInput>;
  readonly handler?: HandlerOptions;
  readonly events?: AuthorityEvent[];
}

/** One node of several over the same store: a target whose authority is known, and which shares its clock with others. */
export interface Node extends Target {
  readonly authority: Authority;
}

export function startNode(options: NodeOptions): Node {
  const { store, clock, rootKey } = options;
  const events = options.events ?? [];
  const authority = createAuthority(testConfig(options.config), {
    store,
    rootKey,
    clock: () => clock.now,
    random: randomBytes,
    emit: (event) => void events.push(event),
  });
  const handler = createHandler(authority, options.handler);
  return {
    authority,
    issuer: authority.config.issuer,
    fetch: (request) => handler(request, { address: '192.0.2.1' }),
    events,
    store,
    now: () => clock.now,
    pass: (milliseconds) => {
      clock.now += milliseconds;
    },
    addClient: (over) => addClient(authority, over),
    addUser: (over) => addUser(authority, over),
    stop: () => store.close(),
  };
}
