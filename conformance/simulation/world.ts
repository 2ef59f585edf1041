import { argon2Sync, randomBytes } from 'node:crypto';
import { type AuthorityEvent, type Client, type Store, timeOrderedId, type User } from '@valetkey/server';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, walk } from '../support/flow.ts';
import { photosApi } from '../targets/in-process.ts';
import type { TestClient, TestUser } from '../targets/target.ts';
import type { Rules } from './family.ts';
import { FaultyStore } from './faulty-store.ts';
import { type Clock, type Node, startNode } from './node.ts';
import { Turns } from './turns.ts';

/** Where the data lies. */
export interface Place {
  /** Opens a store over it, beside others or again. */
  open(): Promise<Store>;
  /** False: one object in memory that all nodes share; its races are made by choice, since it knows none. */
  readonly durable: boolean;
  /** What a node sees of the store, for stores that are broken on purpose. */
  readonly seenAs?: (store: Store) => Store;
}

const lifetimes = {
  authorizationCode: 60,
  accessToken: 600,
  refreshTokenIdle: 3600,
  refreshTokenAbsolute: 4 * 3600,
  refreshGrace: 10,
};

const config = {
  lifetimes,
  // Signing keys are rotated while families live. Sealing keys are not: values of one generation are compared.
  keys: { rotateEvery: 7200, publishAhead: 600, sealRotateEvery: 90 * 86_400 },
  throttling: {
    account: { limit: 1_000_000 },
    address: { limit: 1_000_000 },
    client: { limit: 1_000_000 },
  },
};

/** Who takes part in the life of one family. */
export interface Cast {
  readonly client: TestClient;
  readonly other: TestClient;
  readonly api: TestClient;
  readonly user: TestUser;
}

/** The code, with what it takes to redeem it. */
export interface Beginning {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** As the operator reads it in the log. */
  readonly grantId: string;
  readonly rules: Rules;
}

/** Two nodes over one set of data, on a clock that stands still until told. */
export class World {
  readonly clock: Clock;
  readonly #turns = new Turns();
  readonly #place: Place;
  readonly #rootKey: Uint8Array;
  readonly #events: AuthorityEvent[] = [];
  readonly #nodes: { node: Node; faulty: FaultyStore }[] = [];

  private constructor(place: Place, { clock, rootKey }: { clock: Clock; rootKey: Uint8Array }) {
    this.#place = place;
    this.clock = clock;
    this.#rootKey = rootKey;
  }

  static async begin(place: Place, given?: { clock: Clock; rootKey: Uint8Array }): Promise<World> {
    const noon = { now: Date.UTC(2026, 10, 25, 12) };
    const world = new World(place, given ?? { clock: noon, rootKey: randomBytes(32) });
    world.#nodes.push(await world.#start(), await world.#start());
    return world;
  }

  async end(): Promise<void> {
    for (const { node } of this.#nodes) if (this.#place.durable) await node.stop();
  }

  node(index: number): Node {
    return this.#at(index).node;
  }

  faults(index: number): FaultyStore {
    return this.#at(index).faulty;
  }

  async restart(index: number): Promise<void> {
    const { node } = this.#at(index);
    if (this.#place.durable) await node.stop();
    this.#nodes[index % this.#nodes.length] = await this.#start();
  }

  /** Runs acts at once: in memory as the choices say, on a real store as it happens. */
  together<T>(acts: readonly (() => Promise<T>)[], choices: readonly number[]): Promise<T[]> {
    return this.#turns.run(acts, this.#place.durable ? [] : choices);
  }

  /** What a store was believed to have failed at happens now. */
  async catchUp(): Promise<void> {
    for (const { faulty } of this.#nodes) await faulty.catchUp();
  }

  async gather(kind: 'public' | 'confidential' | 'confidential, rotating'): Promise<Cast> {
    const node = this.node(0);
    const over: Partial<Client> = {
      authenticationMethod: kind === 'public' ? 'none' : 'client_secret_basic',
      rotateRefreshTokens: kind === 'confidential, rotating' ? true : null,
    };
    const { authenticationMethod } = over;
    return {
      client: await node.addClient(over),
      other: await node.addClient(authenticationMethod === undefined ? {} : { authenticationMethod }),
      api: await node.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] }),
      user: await addQuickUser(node),
    };
  }

  /** The person signs in and allows what the client asks for. */
  async authorize({ client, user }: Cast): Promise<Beginning> {
    const node = this.node(0);
    const scopes = ['photos:read', 'photos:write'];
    const { url, verifier } = authorizeUrl(node, client, { scope: scopes.join(' ') });
    const back = await walk(new Browser(node.fetch), url, user);
    const code = back.searchParams.get('code') ?? '';
    const { authenticationMethod, rotateRefreshTokens } = client.record;
    const rules = {
      isPublic: authenticationMethod === 'none',
      rotating: rotateRefreshTokens ?? authenticationMethod === 'none',
      issuedAt: this.clock.now,
      codeLife: lifetimes.authorizationCode * 1000,
      accessLife: lifetimes.accessToken * 1000,
      idle: lifetimes.refreshTokenIdle * 1000,
      absolute: lifetimes.refreshTokenAbsolute * 1000,
      grace: lifetimes.refreshGrace * 1000,
      staleAfter: Math.min(3_600_000, (lifetimes.refreshTokenIdle * 1000) / 20),
    };
    const issued = this.#events.findLast((event) => event.type === 'code.issued');
    const grantId = issued?.type === 'code.issued' ? issued.grantId : '';
    return { code, verifier, redirectUri: client.redirectUri, scopes, grantId, rules };
  }

  #at(index: number): { node: Node; faulty: FaultyStore } {
    const found = this.#nodes[index % this.#nodes.length];
    if (found === undefined) throw new Error('The world has not begun.');
    return found;
  }

  async #start(): Promise<{ node: Node; faulty: FaultyStore }> {
    const faulty = new FaultyStore(await this.#place.open(), this.#turns);
    const [clock, rootKey, events] = [this.clock, this.#rootKey, this.#events];
    const store = this.#place.seenAs?.(faulty.store) ?? faulty.store;
    return { node: startNode({ store, rootKey, clock, config, events }), faulty };
  }
}

/** The password is hashed with the least memory that argon2 takes: there are thousands of people here. */
async function addQuickUser(node: Node): Promise<TestUser> {
  const id = timeOrderedId(node.now(), (size) => randomBytes(size));
  const user: User = {
    id,
    username: `ada-${id}`.toLowerCase(),
    name: 'Ada Lovelace',
    passwordHash: quickHash,
    createdAt: node.now(),
    disabledAt: null,
    grantEpoch: 0,
    sessionEpoch: 0,
  };
  await node.store.users.add(user);
  return { id, username: user.username, password };
}

const password = 'open sesame';
const quickHash = hashQuickly();

function hashQuickly(): string {
  const nonce = Buffer.from('a salt for tests');
  const parameters = { message: password, nonce, memory: 8, passes: 1, parallelism: 1, tagLength: 32 };
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=8,t=1,p=1$${base64(nonce)}$${base64(argon2Sync('argon2id', parameters))}`;
}
