import { type JsonObject, parseJsonObject } from '@valetkey/jwt';
import { OAuthError } from '@valetkey/protocol';

/** The JSON object in a body; no member twice, none too deep. Throws `invalid_client_metadata`. */
export function readMetadataBody(text: string): JsonObject {
  try {
    return parseJsonObject(text);
  } catch (error) {
    throw new OAuthError('invalid_client_metadata', 'The body is not a JSON object that can be read.', {
      field: 'body',
      expected: 'a JSON object, its members named once and nested 32 deep at most',
      // What a parser says of a text may quote it.
      got: error instanceof SyntaxError && text.length > 0 ? `${text.length} characters that are none` : 'nothing',
      requirement: 'MD-030',
    });
  }
}
