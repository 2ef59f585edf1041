import { once } from 'node:events';
import type { ServerType } from '@hono/node-server';
import type { Authority } from '@valetkey/server';

/** Where an example listens and keeps its files. */
export interface Place {
  readonly port: number;
  readonly folder: string;
}

export interface Running {
  readonly authority: Authority;
  readonly stop: () => Promise<void>;
}

/** For `node examples/hono.ts 9000`: the port, 9000 unless told, and `.valetkey/` in the working directory. */
export function placeOf([port = '9000']: readonly string[]): Place {
  return { port: Number(port), folder: '.valetkey' };
}

const tenMinutes = 600_000;

/** Waits until the server can be reached, and deletes what has expired from time to time. */
export async function running(authority: Authority, server: ServerType): Promise<Running> {
  const { store, config } = authority;
  try {
    if (!server.listening) await once(server, 'listening');
  } catch (error) {
    await store.close();
    throw error;
  }
  const sweeper = setInterval(() => void store.sweep(Date.now()).catch(console.error), tenMinutes);
  console.log(`The authorization server is ${config.issuer}.`);
  return {
    authority,
    async stop() {
      clearInterval(sweeper);
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await once(server, 'close');
      await store.close();
    },
  };
}
