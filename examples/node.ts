import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createHandler, type Handler } from '@valetkey/http';
import type { Authority } from '@valetkey/server';

/** On bare node:http, with an adapter of twenty lines and no further dependency. */
export function listen(authority: Authority, port: number) {
  const handler = createHandler(authority);
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === '/hello') return void outgoing.end('This is the app around the server.');
    answer(handler, authority.config.issuer, { incoming, outgoing }).catch((error) =>
      outgoing.destroy(error),
    );
  });
  return server.listen(port, 'localhost');
}

async function answer(
  handler: Handler,
  issuer: string,
  { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<void> {
  const address = incoming.socket.remoteAddress;
  const response = await handler(toRequest(incoming, issuer), address === undefined ? {} : { address });
  outgoing.writeHead(response.status, [...response.headers].flat());
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

function toRequest(incoming: IncomingMessage, issuer: string): Request {
  const headers = new Headers();
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i] ?? '', incoming.rawHeaders[i + 1] ?? '');
  }
  const method = incoming.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' as const } : {};
  return new Request(new URL(incoming.url ?? '/', issuer), { method, headers, ...body });
}
