import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createFetcher } from '@valetkey/fetcher';
import { issue, makeAuthority } from '@valetkey/fetcher/certificates.fixture.ts';
import type { Fetcher } from '@valetkey/server';

/** Documents at https addresses of this machine, and a guarded fetcher that trusts their certificate and reaches them. */
export interface Publishing {
  readonly url: string;
  readonly fetcher: Fetcher;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  /** By path: what is answered, as JSON. */
  readonly documents: Map<string, unknown>;
  readonly close: () => Promise<void>;
}

export async function publish(): Promise<Publishing> {
  const authority = await makeAuthority();
  const { certificate, key } = await issue({ ca: authority, san: { dns: ['localhost'] } });
  const asked: string[] = [];
  const documents = new Map<string, unknown>();
  const server = createServer({ cert: certificate, key }, ({ url = '' }, response) => {
    asked.push(url);
    const document = documents.get(url);
    if (document === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fetcher = createFetcher({
    certificates: [authority.certificate],
    allow: ['127.0.0.1'],
    resolve: async () => ['127.0.0.1'],
  });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    fetcher,
    asked,
    documents,
    close: () =>
      new Promise((resolve) => {
        fetcher.close();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
