import { type JsonObject, parseJsonObject } from '@valetkey/jwt';
import { outage, Refusal } from './refusal.ts';

/** How requests leave the process: web-standard `fetch` with one argument. */
export type Fetch = (request: Request) => Promise<Response>;

const MILLISECONDS = 5_000;
const BYTES = 256 * 1024;

/** Asks an authorization server for a JSON object, as `fetchText` asks for a text; its media type does not matter. */
export async function fetchJson(fetch: Fetch, url: string, init: RequestInit = {}): Promise<JsonObject> {
  const { text } = await ask(fetch, url, { ...init, type: 'application/json' });
  const value = parse(text);
  if (value === undefined) throw outage(`${url} gave no usable answer`);
  return value;
}

/** A parser's message may quote the answer, so there is only yes or no. */
function parse(text: string): JsonObject | undefined {
  try {
    return parseJsonObject(text);
  } catch {
    return undefined;
  }
}

/**
 * Asks an authorization server for a text of one media type: five seconds, 256 KiB, no redirects (MD-014), 200 only.
 * Whatever else comes is an outage: the caller's token is not to blame.
 */
export async function fetchText(
  fetch: Fetch,
  url: string,
  init: RequestInit & { type: string },
): Promise<string> {
  const { text, type } = await ask(fetch, url, init);
  if (type !== init.type) throw outage(`${url} did not answer with ${init.type}`);
  return text;
}

async function ask(
  fetch: Fetch,
  url: string,
  { type: wanted, ...init }: RequestInit & { type: string },
): Promise<{ text: string; type: string }> {
  const headers = new Headers(init.headers);
  headers.set('accept', wanted);
  const signal = AbortSignal.timeout(MILLISECONDS);
  try {
    const response = await fetch(new Request(url, { ...init, headers, redirect: 'manual', signal }));
    if (response.status !== 200) {
      response.body?.cancel().catch(() => undefined);
      throw outage(`${url} answered ${response.status}`);
    }
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';', 1);
    return { text: await readLimited(response, url), type: type.trim().toLowerCase() };
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw outage(`${url} gave no usable answer`, cause);
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
