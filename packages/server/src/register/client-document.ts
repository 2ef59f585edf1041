import type { JsonObject } from '@valetkey/jwt';
import { OAuthError, type Reason, shown } from '@valetkey/protocol';
import type { Config } from '../config.ts';
import type { Client } from '../model.ts';
import { type ClientMetadata, readClientMetadata } from './client-metadata.ts';
import { parseMetadata } from './read-body.ts';
import { toClient } from './to-client.ts';

/**
 * The client that a metadata document describes (Client ID Metadata Document §4.1), `url` being its id. Throws
 * `invalid_client`, in words for the person who is in front of it.
 */
export function readClientDocument(config: Config, url: string, body: string): Client {
  const document = readDocument(url, body);
  requireOwnId(url, document);
  requireNoSecret(url, document);
  if (typeof document.client_name !== 'string' || document.client_name.trim() === '')
    throw unusable(url, 'its description has no client_name', {
      expected: 'a client_name',
      got: 'none',
      requirement: 'MD-062',
    });
  return toClient(readMetadata(config, url, document), {
    id: url,
    createdAt: 0,
    origin: 'document',
  });
}

function readDocument(url: string, body: string): JsonObject {
  const document = parseMetadata(body);
  if (document !== undefined) return document;
  throw unusable(url, 'its description is not a JSON object', {
    expected: 'a JSON object, its members named once',
    got: `${body.length} characters that are none`,
    requirement: 'MD-062',
  });
}

function requireOwnId(url: string, { client_id: id }: JsonObject): void {
  if (id === url) return;
  const got = typeof id === 'string' ? shown(id) : 'no client_id';
  throw unusable(url, 'its description names another client_id', {
    expected: `the client_id ${shown(url)}`,
    got,
    requirement: 'MD-062',
  });
}

/** What everybody can read is no secret. */
function requireNoSecret(url: string, document: JsonObject): void {
  const secret = ['client_secret', 'client_secret_expires_at'].find((name) => Object.hasOwn(document, name));
  if (secret === undefined) return;
  throw unusable(url, `its description holds ${secret}`, {
    expected: 'no shared secret',
    got: secret,
    requirement: 'MD-063',
  });
}

function readMetadata(config: Config, url: string, document: JsonObject): ClientMetadata {
  try {
    return readClientMetadata(config, document, 'document');
  } catch (error) {
    throw error instanceof OAuthError ? unusableFor(url, error) : error;
  }
}

/** What is wrong with the metadata, told of the document. */
export function unusableFor(url: string, { description, reason }: OAuthError): OAuthError {
  const { field, expected, got, requirement } = reason;
  const told = `in its description ${description.replace(/\.$/, '')}`;
  return unusable(url, told, { expected: `${field}: ${expected}`, got, requirement: rowOf(requirement) });
}

/** Its redirect URIs are what makes a document one of a client that can be sent to. */
function rowOf(requirement: string): string {
  return requirement === 'MD-033' || requirement === 'MD-034' ? 'MD-062' : requirement;
}

/** A client that cannot be what it says it is, for the person in front of it. `told` goes on after a colon. */
export function unusable(url: string, told: string, reason: Omit<Reason, 'field'>): OAuthError {
  const host = URL.parse(url)?.host || 'this address';
  const text = `The app at ${host} cannot be used here: ${told}.`;
  return new OAuthError('invalid_client', text, { field: 'client_id', ...reason });
}
