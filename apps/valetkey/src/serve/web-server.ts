import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { listen, type Place } from './listen.ts';
import { createServer, type PeerCertificate, peerCertificate, type TlsSettings } from './tls.ts';

/** Who is at the other end of a connection. */
interface Peer {
  readonly address?: string;
  readonly certificate?: PeerCertificate;
}

export type Respond = (request: Request, peer: Peer) => Response | Promise<Response>;

/** How a server ends, in milliseconds. */
export interface Patience {
  /** In which connections are still taken, each for one answer. */
  readonly notice: number;
  /** In which running requests may end; then they are cut. */
  readonly limit: number;
}

export interface WebServer {
  readonly port: number;
  readonly stop: (patience: Patience) => Promise<'drained' | 'cut'>;
}

/** What a peer may take of time and memory before its request is refused (408, 431). */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  /** Longer than the pools of the usual proxies keep a connection, so that they close it and not we. */
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
};

/** Serves a fetch handler over HTTP, or with `tls` over HTTPS. Throws `Problem` when the place cannot be had. */
export async function openWebServer(respond: Respond, place: Place, tls?: TlsSettings): Promise<WebServer> {
  let last = false;
  const listener = getRequestListener(async (request, { incoming, outgoing }) => {
    const response = await respond(request, peerOf(incoming.socket as Socket));
    if (last) (outgoing as ServerResponse).setHeader('Connection', 'close');
    return response;
  });
  const sockets = new Set<Socket>();
  const makeServer = () => {
    const note = (socket: Socket) => track(sockets, socket);
    return createServer(tls, limits, listener).on('connection', note).on('secureConnection', note);
  };
  const { servers, port } = await listen(makeServer, place);
  return {
    port,
    async stop({ notice, limit }) {
      last = true;
      if (notice > 0) await pass(notice);
      const ends = await Promise.all(servers.map((server) => close(server, sockets, limit)));
      return ends.includes('cut') ? 'cut' : 'drained';
    },
  };
}

function peerOf(socket: Socket): Peer {
  const { remoteAddress: address } = socket;
  const certificate = peerCertificate(socket);
  return {
    ...(address === undefined ? {} : { address }),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

function close(
  server: ReturnType<typeof createServer>,
  sockets: ReadonlySet<Socket>,
  limit: number,
): Promise<'drained' | 'cut'> {
  return new Promise((resolve) => {
    let end: 'drained' | 'cut' = 'drained';
    const cut = setTimeout(() => {
      end = 'cut';
      server.closeAllConnections();
      // Those that are still in their TLS handshake are none of the above.
      for (const socket of sockets) socket.destroy();
    }, limit);
    // An answer that had begun before could not say that it is the last of its connection.
    const look = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(look);
      resolve(end);
    });
    // Browsers open connections ahead; before the first byte Node takes those for busy.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
}
