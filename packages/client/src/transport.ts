import type { CustomFetchOptions, ProtectedResourceRequestBody } from 'oauth4webapi';
import { ClientError, refusal } from './error.ts';

/** How requests leave the process: web-standard `fetch` with one argument; the handler of an app fits as well. */
export type Fetch = (request: Request) => Promise<Response>;

/** What oauth4webapi hands to its `customFetch`. */
type Outgoing = CustomFetchOptions<string, ProtectedResourceRequestBody>;

const MILLISECONDS = 10_000;
const BYTES = 256 * 1024;

/** A request to an API: streamed, not followed by anything of ours. */
export function outgoingRequest(url: string, { body, ...init }: Outgoing): Request {
  // RFC 6750 §5.3: a redirect must not carry the token elsewhere, so none is followed.
  return new Request(url, { ...init, ...(body == null ? {} : { body }), redirect: 'manual' } as RequestInit);
}

/**
 * A request to the authorization server: ten seconds, 256 KiB, no redirects (CL-033, MD-014). Whatever is not an
 * answer, and any 5xx or 429, becomes `server_unavailable`.
 */
export function limited(fetch: Fetch): (url: string, init: Outgoing) => Promise<Response> {
  return async (url, init) => {
    const request = outgoingRequest(url, { ...init, signal: AbortSignal.timeout(MILLISECONDS) });
    const response = await answer(fetch, request);
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      throw refusal('answer_invalid', `${where(url)} answered with a redirect, which is not followed`);
    }
    if (response.status >= 500 || response.status === 429) {
      throw refusal('server_unavailable', `${where(url)} answered ${response.status}`);
    }
    const body = response.body === null ? null : await readLimited(response.body, url);
    return new Response(body, { status: response.status, headers: response.headers });
  };
}

async function answer(fetch: Fetch, request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    throw new ClientError('server_unavailable', { cause });
  }
}

async function readLimited(body: ReadableStream<Uint8Array>, url: string): Promise<Blob> {
  const reader = body.getReader();
  const chunks: BlobPart[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await next(reader);
    if (done) return new Blob(chunks);
    size += value.byteLength;
    if (size > BYTES) break;
    chunks.push(value as BlobPart);
  }
  // Not awaited: whoever sends too much may also be slow to stop.
  reader.cancel().catch(() => undefined);
  throw refusal('answer_invalid', `${where(url)} answered more than ${BYTES} bytes`);
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (cause) {
    throw new ClientError('server_unavailable', { cause });
  }
}

function where(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
