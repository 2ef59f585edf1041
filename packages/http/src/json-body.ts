import { OAuthError, shown } from '@valetkey/protocol';
import { readText } from './body.ts';
import type { Visit } from './context.ts';

/**
 * The text of a JSON body (RFC 8259 §8.1), still to be parsed. Throws `TooLarge`, or `invalid_client_metadata` for
 * another type or encoding.
 */
export async function readJsonText({ request }: Visit): Promise<string> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/([a-z0-9.-]+\+)?json\s*(;|$)/i.test(type))
    throw malformed('Content-Type', shown(type || undefined));
  const text = await readText(request);
  if (text === undefined) throw malformed('body', 'invalid UTF-8');
  return text;
}

function malformed(field: string, got: string): OAuthError {
  return new OAuthError('invalid_client_metadata', 'The body has to be JSON, sent as application/json.', {
    field,
    expected: 'application/json in UTF-8',
    got,
    requirement: 'MD-030',
  });
}
