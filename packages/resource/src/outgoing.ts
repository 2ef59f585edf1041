import { outage, Refusal } from './refusal.ts';
import { type JsonObject, parseJsonObject } from './strict-json.ts';

/** How requests leave the process: web-standard `fetch` with one argument. */
export type Fetch = (request: Request) => Promise<Response>;

const MILLISECONDS = 5_000;
const BYTES = 256 * 1024;

/**
 * Asks an authorization server for a JSON object: five seconds, 256 KiB, no redirects (MD-014), 200 only. Whatever else
 * comes is an outage: the caller's token is not to blame.
 */
export async function fetchJson(fetch: Fetch, url: string, init: RequestInit = {}): Promise<JsonObject> {
  const headers = new Headers(init.headers);
  headers.set('accept', 'application/json');
  const signal = AbortSignal.timeout(MILLISECONDS);
  try {
    const response = await fetch(new Request(url, { ...init, headers, redirect: 'manual', signal }));
    if (response.status !== 200) {
      response.body?.cancel().catch(() => undefined);
      throw outage(`${url} answered ${response.status}`);
    }
    return parseJsonObject(await readLimited(response, url));
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    // A parser's message may quote the answer.
    throw outage(`${url} gave no usable answer`, cause instanceof SyntaxError ? undefined : cause);
  }
}

async function readLimited(response: Response, url: string): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    text += decoder.decode(value, { stream: true });
    if (size <= BYTES) continue;
    reader.cancel().catch(() => undefined);
    throw outage(`${url} answered more than ${BYTES} bytes`);
  }
  return text + decoder.decode();
}
