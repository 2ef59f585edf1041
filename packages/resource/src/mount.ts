import type { Access } from './access.ts';
import type { Call } from './call.ts';
import type { Guard } from './guard.ts';

/** What is asked of a request of Node's HTTP server; those of Express and Fastify are, or carry, one. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** As they were sent: `headers` hides that there were two of a kind. */
  readonly rawHeaders: readonly string[];
  readonly socket: NodeSocket;
}

export interface NodeSocket {
  readonly remoteAddress?: string | undefined;
  /** On TLS. */
  getPeerCertificate?(): { readonly raw?: Uint8Array };
}

/** What is asked of an answer of Node's HTTP server. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  end(body?: string): unknown;
}

/** Methods that the Fetch standard forbids in a `Request`; no API has use for them. */
const forbidden = ['CONNECT', 'TRACE', 'TRACK'];

/**
 * The call that a request of Node's HTTP server is, without its body; `undefined` if it can be none. The host is that of
 * the resource: what a client writes into `Host` decides nothing.
 */
export function callOfNode(
  incoming: NodeRequest,
  guard: Guard,
  target = incoming.url ?? '/',
): Call | undefined {
  const { method = 'GET', rawHeaders, socket } = incoming;
  if (forbidden.includes(method) || !target.startsWith('/')) return undefined;
  const { origin } = new URL(guard.metadataUrl);
  if (!URL.canParse(origin + target)) return undefined;
  return {
    request: new Request(origin + target, { method, headers: headersOf(rawHeaders) }),
    address: socket.remoteAddress,
    get certificate() {
      return socket.getPeerCertificate?.().raw;
    },
  };
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index], raw[index + 1]];
    // HTTP/2 has its request line among the headers.
    if (!name.startsWith(':')) headers.append(name, value);
  }
  return headers;
}

/** Sends an answer of the guard. */
export async function send(answer: Response, response: NodeResponse): Promise<void> {
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) setHeader(response, name, value);
  response.end(await answer.text());
}

/** `Vary` is added to, whoever else wrote it. */
export function setHeader(response: NodeResponse, name: string, value: string): void {
  const known = name === 'vary' ? response.getHeader('vary') : undefined;
  response.setHeader(name, known === undefined ? value : `${known}, ${value}`);
}

/** Under which a request carries its access, which no other code writes by accident. */
const access = Symbol.for('@valetkey/resource access');

export function keepAccess(request: object, granted: Access): void {
  Object.defineProperty(request, access, { value: granted, configurable: true });
}

/** What the token of a guarded request says; fails with a `TypeError` where no guard stood before. */
export function accessOf(request: object): Access {
  const granted = (request as { [access]?: Access })[access];
  if (granted === undefined) throw new TypeError('The request did not pass a guard');
  return granted;
}
