/** What an answer to a call must carry beside what it says. */
export type AnswerHeaders = readonly (readonly [name: string, value: string])[];

/** RFC 6750 §5.3: what was served to a token is not for everybody. */
export const keptPrivate: AnswerHeaders = [['cache-control', 'private']];

/** RFC 6797: whoever came once over TLS never comes without it. On http, in development, nothing. */
export function transportHeaders(audience: string): AnswerHeaders {
  return audience.startsWith('https:') ? [['strict-transport-security', 'max-age=31536000']] : [];
}

/** Adds headers to an answer. What a handler says itself stands, as it knows why; it is not asked about CORS. */
export function withHeaders(response: Response, added: AnswerHeaders): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of added) {
    if (name === 'vary') headers.append(name, value);
    else if (name.startsWith('access-control-') || !headers.has(name)) headers.set(name, value);
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
