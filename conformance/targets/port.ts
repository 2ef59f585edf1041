import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';

type Answer = (request: Request, connection: { address?: string }) => Response | Promise<Response>;

export interface Port {
  readonly url: string;
  /** What answers from now on: each party needs the addresses of the others before it is made. */
  readonly answerWith: (answer: Answer) => void;
  readonly close: () => Promise<void>;
}

/** A free port of this machine, served by Node's HTTP server. */
export async function openPort(): Promise<Port> {
  let answer: Answer = () => new Response(null, { status: 503 });
  const listener = getRequestListener((request, env) => {
    const address = 'incoming' in env ? env.incoming.socket.remoteAddress : undefined;
    return answer(request, address === undefined ? {} : { address });
  });
  const server = createServer(listener);
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    answerWith: (next) => {
      answer = next;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
