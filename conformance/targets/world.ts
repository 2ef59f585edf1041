import { randomBytes } from 'node:crypto';
import { createHandler, type Handler } from '@valetkey/http';
import {
  type Authority,
  type AuthorityEvent,
  type ConfigInput,
  createAuthority,
  type Fetcher,
  type Store,
} from '@valetkey/server';
import { keyPool } from '@valetkey/store-contract';
import { addClient, addUser } from './registry.ts';
import type { RestartableTarget, TargetOptions } from './target.ts';

/** What the nodes of one authorization server share: the clock, the root key, and who listens to their events. */
export class World {
  readonly events: AuthorityEvent[] = [];
  readonly #rootKey = randomBytes(32);
  readonly #fetcher: Fetcher | undefined;
  #ahead = 0;

  constructor({ fetcher }: Pick<TargetOptions, 'fetcher'> = {}) {
    this.#fetcher = fetcher;
  }

  readonly clock = (): number => Date.now() + this.#ahead;

  readonly pass = (milliseconds: number): void => {
    this.#ahead += milliseconds;
  };

  node(
    store: Store,
    config: ConfigInput,
    handler: TargetOptions['handler'] = {},
  ): { authority: Authority; handler: Handler } {
    const authority = createAuthority(config, {
      store,
      rootKey: this.#rootKey,
      clock: this.clock,
      random: randomBytes,
      emit: (event) => void this.events.push(event),
      newKeyPair: keyPool(),
      ...(this.#fetcher === undefined ? {} : { fetcher: this.#fetcher }),
    });
    return { authority, handler: createHandler(authority, handler) };
  }

  /** A target whose people and clients are put into the store through the authority that is running now. */
  target(
    running: () => Authority,
    reach: Pick<RestartableTarget, 'fetch' | 'restart' | 'stop'>,
  ): RestartableTarget {
    return {
      ...reach,
      issuer: running().config.issuer,
      events: this.events,
      get store() {
        return running().store;
      },
      now: this.clock,
      pass: this.pass,
      addClient: (over) => addClient(running(), over),
      addUser: (over) => addUser(running(), over),
    };
  }
}
