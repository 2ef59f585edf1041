import { hash } from 'node:crypto';
import type { Client } from '../model.ts';

/** What a client that publishes its own metadata is, as far as a person's consent rests on it. */
export function fingerprintOf(client: Client): string {
  const { redirectUris, keys, authenticationMethod } = client;
  const facts = JSON.stringify([redirectUris.toSorted(), keys ?? null, authenticationMethod]);
  return hash('sha256', facts, 'base64url');
}
