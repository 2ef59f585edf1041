import type { Fetch } from './browser.ts';

/** One request with its answer, as whoever stands between the two would see it. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly requestHeaders: Headers;
  readonly requestBody: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** The same `fetch`, and everything that passed through it. */
export function recording(fetch: Fetch): { fetch: Fetch; exchanges: readonly Exchange[] } {
  const exchanges: Exchange[] = [];
  const record: Fetch = async (request) => {
    const asked = request.clone();
    const response = await fetch(request);
    const [requestBody, body] = await Promise.all([asked.text(), response.clone().text()]);
    exchanges.push({
      method: request.method,
      url: new URL(request.url),
      requestHeaders: asked.headers,
      requestBody,
      status: response.status,
      headers: response.headers,
      body,
    });
    return response;
  };
  return { fetch: record, exchanges };
}
