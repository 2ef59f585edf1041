import { OAuthError, Parameters, shown } from '@valetkey/protocol';
import type { Visit } from './context.ts';
import { TooLarge } from './respond.ts';

/** Bytes of a form body, of a query string, and number of parameters in either. */
const longestBody = 65_536;
const longestQuery = 16_384;
const mostParameters = 100;

/** A form-urlencoded body (RFC 6749 Appendix B). Throws `TooLarge`, or `OAuthError` for another type or encoding. */
export async function readForm({ request }: Visit): Promise<Parameters> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw malformed('Content-Type', 'application/x-www-form-urlencoded', shown(type || undefined), 'TK-002');
  }
  return readPairs(decode(await readBody(request)));
}

export function readQuery({ url }: Visit): Parameters {
  if (url.search.length > longestQuery) throw new TooLarge('url');
  return readPairs(url.search.slice(1));
}

function readPairs(text: string): Parameters {
  const count = text === '' ? 0 : text.split('&', mostParameters + 2).length;
  if (count > mostParameters)
    throw malformed('request', `at most ${mostParameters} parameters`, 'more', 'SB-024');
  return Parameters.read(text);
}

async function readBody(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > longestBody) throw new TooLarge('body');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > longestBody) throw new TooLarge('body');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw malformed('request', 'a body in UTF-8', 'invalid UTF-8', 'AZ-006');
  }
}

function malformed(field: string, expected: string, got: string, requirement: string): OAuthError {
  return new OAuthError('invalid_request', 'The request must be a form-urlencoded body in UTF-8.', {
    field,
    expected,
    got,
    requirement,
  });
}
