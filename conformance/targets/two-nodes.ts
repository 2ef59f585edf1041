import { openPostgresStore } from '@valetkey/store-postgres';
import { inject } from 'vitest';
import { testConfig } from './in-process.ts';
import { openPort } from './port.ts';
import type { RestartableTarget, TargetOptions } from './target.ts';
import { World } from './world.ts';

/** Two nodes over one PostgreSQL database, behind an address that gives them the requests in turn. */
export async function twoNodes(options: TargetOptions = {}): Promise<RestartableTarget> {
  const world = new World(options);
  const url = await newDatabase();
  const [front, ...backs] = await Promise.all([openPort(), openPort(), openPort()]);
  const config = { ...testConfig(options.config), issuer: front.url };
  const start = () =>
    Promise.all(
      backs.map(async (back) => {
        const store = await openPostgresStore({ url });
        const node = world.node(store, config, options.handler);
        back.answerWith(node.handler);
        return { ...node, store };
      }),
    );
  let nodes = await start();
  const closeStores = () => Promise.all(nodes.map(({ store }) => store.close()));
  let turn = 0;
  front.answerWith((request) => {
    turn += 1;
    return pass(request, at(backs, turn % backs.length).url);
  });
  return world.target(() => at(nodes, 0).authority, {
    fetch: (request) => fetch(request),
    restart: async () => {
      await closeStores();
      nodes = await start();
    },
    stop: async () => {
      await Promise.all([front, ...backs].map((port) => port.close()));
      await closeStores();
    },
  });
}

/** The same request, to another address; what comes back goes back as it is. */
async function pass(request: Request, to: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const body = request.body === null ? null : await request.arrayBuffer();
  const { method, headers } = request;
  const answer = await fetch(to + pathname + search, { method, headers, body, redirect: 'manual' });
  const back = new Headers(answer.headers);
  // fetch has decoded the body; these spoke of the encoded one.
  back.delete('content-encoding');
  back.delete('content-length');
  return new Response(answer.body, { status: answer.status, headers: back });
}

async function newDatabase(): Promise<string> {
  const answer = await fetch(new URL('/database', inject('postgres')), { method: 'POST' });
  return answer.text();
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`There is no ${index} in a list of ${list.length}.`);
  return item;
}
