import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createHandler, type Handler } from '@valetkey/http';
import { openAuthority } from './authority.ts';
import { type Place, placeOf, type Running, running } from './running.ts';

/** On bare node:http, with an adapter of thirty lines and no further dependency. */
export async function start({ port, folder }: Place): Promise<Running> {
  const issuer = `http://localhost:${port}`;
  const authority = await openAuthority({ issuer, folder });
  const handler = createHandler(authority);
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === '/hello') return void outgoing.end('This is the app around the server.');
    answer(handler, issuer, { incoming, outgoing }).catch((error) => outgoing.destroy(error));
  });
  return running(authority, server.listen(port, 'localhost'));
}

async function answer(
  handler: Handler,
  origin: string,
  { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<void> {
  const request = toRequest(incoming, origin);
  if (request === undefined) return void outgoing.writeHead(400, { connection: 'close' }).end();
  // Sign-ins are throttled by address; behind a proxy of yours, name it in `trustedProxies`.
  const address = incoming.socket.remoteAddress;
  const response = await handler(request, address === undefined ? {} : { address });
  outgoing.writeHead(response.status, [...response.headers].flat());
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

/** Nothing for what a server of pages and tokens has no use for: `OPTIONS *`, `TRACE`, a URL that is none. */
function toRequest(incoming: IncomingMessage, origin: string): Request | undefined {
  const { method = 'GET', url = '/', rawHeaders } = incoming;
  // Concatenated, because a path such as `//elsewhere.example` would be resolved to another host.
  if (!url.startsWith('/') || !URL.canParse(origin + url) || method === 'TRACE') return undefined;
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' as const } : {};
  return new Request(origin + url, { method, headers, ...body });
}

if (import.meta.main) await start(placeOf(process.argv.slice(2)));
