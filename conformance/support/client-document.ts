import type { Fetched, Fetcher, OutgoingRequest } from '@valetkey/server';
import { aClient } from '@valetkey/store-contract';
import type { TestClient } from '../targets/target.ts';

/** Where a client publishes its metadata. */
export const documentUrl = 'https://agent.example/client.json';

/** What a public client publishes of itself. */
export const agent = {
  client_id: documentUrl,
  client_name: 'Agent',
  redirect_uris: ['https://agent.example/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};

/** Sites of others, as a guarded fetcher tells of them. */
export class Sites implements Fetcher {
  readonly asked: OutgoingRequest[] = [];
  readonly #answers = new Map<string, Fetched>();

  async fetch(request: OutgoingRequest): Promise<Fetched> {
    this.asked.push(request);
    return this.#answers.get(request.url) ?? { outcome: 'failed', why: 'status 404' };
  }

  publish(url: string, document: unknown, freshForSeconds: number | null = null): void {
    const body = typeof document === 'string' ? document : JSON.stringify(document);
    this.#answers.set(url, {
      outcome: 'fetched',
      status: 200,
      mediaType: 'application/json',
      body,
      freshForSeconds,
    });
  }

  /** From now on there is nothing to be had. */
  silence(url: string, answer: Fetched = { outcome: 'failed', why: 'the connection failed' }): void {
    this.#answers.set(url, answer);
  }
}

/** The public client that a document describes, as the other scenarios know clients. */
export function describedClient(
  id = documentUrl,
  redirectUri = 'https://agent.example/callback',
): TestClient {
  const record = aClient({ id, authenticationMethod: 'none', secrets: [], redirectUris: [redirectUri] });
  return { id, secret: '', redirectUri, record };
}

/** A server that takes such clients. */
export function cimd(fetcher: Fetcher) {
  return { config: { features: { clientIdDocuments: true } }, fetcher };
}
