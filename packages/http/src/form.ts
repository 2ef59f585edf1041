import { OAuthError, Parameters, type Reason, shown } from '@valetkey/protocol';
import { readText } from './body.ts';
import type { Visit } from './context.ts';
import { TooLarge } from './respond.ts';

/** Characters of a query string, and number of parameters in it or in a form body. */
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
  const text = await readText(request);
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

function malformed(reason: Reason): OAuthError {
  return new OAuthError(
    'invalid_request',
    'The request is not a form-urlencoded text in UTF-8 of moderate size.',
    reason,
  );
}
