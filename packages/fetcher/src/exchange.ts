import { type Agent, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Fetched, OutgoingRequest } from '@valetkey/server';
import { failed } from './ending.ts';
import { freshForSeconds } from './freshness.ts';
import type { Target } from './guard.ts';
import { isAccepted, readMediaType, writeAccept } from './media-type.ts';

/** Bytes of the headers of an answer. */
const longestHeaders = 16 * 1024;

/** How a request gets to its target. */
export interface Way {
  readonly target: Target;
  /** Judged already; the connection goes to one of these. */
  readonly addresses: readonly string[];
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

/** Sends one request and reads its answer. Throws `Ending` for an answer that is not taken. */
export async function exchange(request: OutgoingRequest, way: Way): Promise<Fetched> {
  const response = await send(request, way);
  try {
    const { headers } = response;
    const status = response.statusCode ?? 0;
    judgeStatus(status, request);
    const mediaType = readMediaType(headers['content-type']);
    if (status !== 204) judgeHeaders(response, mediaType, request);
    const body = decode(await readBody(response, request.longest));
    return {
      outcome: 'fetched',
      status,
      mediaType,
      body,
      freshForSeconds: freshForSeconds(headers, Date.now()),
    };
  } finally {
    response.destroy();
  }
}

function send(request: OutgoingRequest, way: Way): Promise<IncomingMessage> {
  const start = way.target.secure ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = start(optionsOf(request, way), resolve);
    // It stays for whatever comes after the answer: an error that nobody hears ends the process.
    sent.on('error', reject);
    sent.on('close', () => reject(failed('the connection was closed without an answer')));
    sent.end(request.form);
  });
}

function optionsOf(request: OutgoingRequest, { target, addresses, agent, signal }: Way) {
  const options: RequestOptions & { servername: string } = {
    agent,
    signal,
    method: request.form === undefined ? 'GET' : 'POST',
    hostname: target.name,
    port: target.port,
    path: target.path,
    servername: isIP(target.name) === 0 ? target.name : '',
    headers: headersOf(request, target),
    lookup: pinned(addresses),
    maxHeaderSize: longestHeaders,
    insecureHTTPParser: false,
  };
  return options;
}

function headersOf({ accept, form, ifNoneMatch }: OutgoingRequest, { authority }: Target) {
  return {
    Host: authority,
    'User-Agent': 'Valetkey',
    Accept: writeAccept(accept),
    'Accept-Encoding': 'identity',
    ...(ifNoneMatch === undefined ? {} : { 'If-None-Match': ifNoneMatch }),
    ...(form === undefined
      ? {}
      : {
          'Content-Type': 'application/x-www-form-urlencoded',
          'Content-Length': Buffer.byteLength(form),
        }),
  };
}

/** Gives the judged addresses instead of asking again. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, options, found) => {
    if (options.all) return found(null, all);
    found(null, all[0]?.address ?? '', all[0]?.family);
  };
}

function judgeStatus(status: number, { form }: OutgoingRequest): void {
  if (status === 200 || (status === 204 && form !== undefined)) return;
  const redirect = status >= 300 && status < 400 && status !== 304;
  throw failed(`it answered ${status}${redirect ? ', and redirects are not followed' : ''}`);
}

function judgeHeaders({ headers }: IncomingMessage, mediaType: string, request: OutgoingRequest): void {
  if (!isAccepted(mediaType, request.accept)) {
    throw failed(`its type is ${mediaType || 'not told'}, not ${request.accept.join(' or ')}`);
  }
  // Never decoded: a few bytes could become any number of them.
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() !== 'identity') throw failed('its body is encoded');
  if (Number(headers['content-length'] ?? 0) > request.longest) throw tooLong(request.longest);
}

async function readBody(response: IncomingMessage, longest: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > longest) throw tooLong(longest);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLong(longest: number): Error {
  return failed(`its body is longer than ${longest} bytes`);
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw failed('its body is not UTF-8', cause);
  }
}
