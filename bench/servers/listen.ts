import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { announce } from './meter.ts';

/** Takes a free port, makes the listener that answers at it, and says so. */
export async function listen(
  makeListener: (origin: string) => RequestListener | Promise<RequestListener>,
): Promise<void> {
  const server = createServer({ keepAliveTimeout: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', await makeListener(origin));
  announce(origin);
}
