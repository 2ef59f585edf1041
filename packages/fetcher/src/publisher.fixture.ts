import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import type { OutgoingRequest } from '@valetkey/server';
import { onTestFinished } from 'vitest';
import { type Authority, issue, makeAuthority } from './certificates.fixture.ts';
import { createFetcher, type FetcherOptions } from './fetcher.ts';

/** A party that publishes something, on loopback, by https; it closes after the test. */
export interface Publisher {
  readonly port: number;
  readonly url: string;
  /** What has reached it: `GET /path`. */
  readonly requests: readonly string[];
  /** Connections that were opened, whether or not anything was asked on them. */
  readonly connections: () => number;
  readonly authority: Authority;
}

/** The names and addresses of its certificate. */
const ownNames = { dns: ['publisher.example', 'localhost'], ip: ['127.0.0.1', '::1'] };

export async function aPublisher(
  answer: RequestListener = jsonAnswer('{"keys":[]}'),
  san: { dns?: readonly string[]; ip?: readonly string[] } = ownNames,
): Promise<Publisher> {
  const authority = await makeAuthority();
  const { certificate, key } = await issue({ ca: authority, san });
  const requests: string[] = [];
  let connections = 0;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `https://publisher.example:${port}/document`;
  return { port, url, requests, connections: () => connections, authority };
}

export function jsonAnswer(body: string, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(body);
  };
}

/** A fetcher that trusts the publisher, and for which its name is an address that may be reached. */
export function aFetcher(publisher: Publisher, options: FetcherOptions = {}) {
  const fetcher = createFetcher({
    certificates: [publisher.authority.certificate],
    allow: ['127.0.0.1'],
    resolve: names({ 'publisher.example': ['127.0.0.1'] }),
    ...options,
  });
  onTestFinished(() => fetcher.close());
  return fetcher;
}

/** Addresses by name; other names are not known. */
export function names(known: Readonly<Record<string, readonly string[]>>) {
  return async (name: string): Promise<readonly string[]> => {
    if (isIP(name) !== 0) throw new Error(`${name} is an address: nobody has to ask`);
    const addresses = known[name];
    if (addresses === undefined) throw Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' });
    return addresses;
  };
}

export function aRequest(url: string, over: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { url, accept: ['application/json'], longest: 5000, ...over };
}
