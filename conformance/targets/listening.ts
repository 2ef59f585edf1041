import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web app of somebody else, on a port of this machine. */
export interface Listening {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The app is made once its address is known. `host`: cookies are per host, not per port. */
export async function listenTo(
  makeApp: (url: string) => Promise<RequestListener>,
  host: '127.0.0.1' | 'localhost' = '127.0.0.1',
): Promise<Listening> {
  let app: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => app(request, response));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  app = await makeApp(url);
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
