import { OAuthError, Parameters, type Reason, shown } from '@valetkey/protocol';
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
    const got = shown(type || undefined);
    throw malformed({
      field: 'Content-Type',
      expected: 'application/x-www-form-urlencoded',
      got,
      requirement: 'TK-002',
    });
  }
  const text = decode(await readBody(request));
  if (text !== undefined) return readPairs(text);
  throw malformed({
    field: 'request',
    expected: 'a body in UTF-8',
    got: 'invalid UTF-8',
    requirement: 'AZ-006',
  });
}

export function readQuery({ url }: Visit): Parameters {
  if (url.search.length > longestQuery) throw new TooLarge('url');
  return readPairs(url.search.slice(1));
}

function readPairs(text: string): Parameters {
  const count = text === '' ? 0 : text.split('&', mostParameters + 2).length;
  if (count <= mostParameters) return Parameters.read(text);
  const expected = `at most ${mostParameters} parameters`;
  throw malformed({ field: 'request', expected, got: 'more', requirement: 'SB-024' });
}

/** A body of declared length is read at once, which is cheaper; one of undeclared length only as far as it may go. */
async function readBody(request: Request): Promise<Uint8Array> {
  const declared = request.headers.get('content-length');
  if (declared === null) return readChunks(request);
  if (Number(declared) > longestBody) throw new TooLarge('body');
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length > longestBody) throw new TooLarge('body');
  return body;
}

async function readChunks(request: Request): Promise<Uint8Array> {
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let left = longestBody;
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    left -= read.value.length;
    if (left < 0) {
      // Not waited for: where someone else holds a copy of the request, this ends only when that has been read.
      reader?.cancel().catch(() => undefined);
      throw new TooLarge('body');
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
}

function malformed(reason: Reason): OAuthError {
  return new OAuthError(
    'invalid_request',
    'The request is not a form-urlencoded text in UTF-8 of moderate size.',
    reason,
  );
}
