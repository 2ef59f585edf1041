import { type JsonObject, parseJsonObject } from '@valetkey/jwt';
import { OAuthError } from '@valetkey/protocol';

/** The JSON object in the body of a registration. Throws `invalid_client_metadata`. */
export function readMetadataBody(text: string): JsonObject {
  const json = parseMetadata(text);
  if (json !== undefined) return json;
  throw new OAuthError('invalid_client_metadata', 'The body is not a JSON object that can be read.', {
    field: 'body',
    expected: 'a JSON object, its members named once and nested 32 deep at most',
    got: `${text.length} characters that are none`,
    requirement: 'MD-030',
  });
}

/** The object a text holds, or `undefined` if it holds none, names a member twice, or is nested too deeply. */
export function parseMetadata(text: string): JsonObject | undefined {
  try {
    return parseJsonObject(text);
  } catch {
    return undefined;
  }
}
