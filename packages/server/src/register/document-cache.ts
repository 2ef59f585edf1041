import { OAuthError, shown } from '@valetkey/protocol';
import type { Config } from '../config.ts';
import type { Client } from '../model.ts';
import type { Fetched, Fetcher } from '../ports.ts';
import { readClientDocument, unusable, unusableFor } from './client-document.ts';
import { documentUrlFault } from './document-url.ts';
import { requireSector } from './sector-identifier.ts';

const minute = 60_000;
const hour = 60 * minute;

/** How long a document counts as fresh: what its headers say, within bounds. */
const fresh = { least: minute, usual: hour, most: 24 * hour };
/** How long the last good one is used while its site does not answer. */
const usable = 24 * hour;
/** Least time between two tries at a site that does not answer while there is something to fall back on. */
const coolDown = 30_000;
const capacity = 1_000;
/** MD-061. */
const longest = 5 * 1024;
const accept = ['application/json', '+json'];

interface Known {
  readonly client: Client;
  readonly readAt: number;
  readonly freshUntil: number;
  triedAt: number;
}

/**
 * Clients as their metadata documents describe them, as this process has read them: by one read however many wait, of
 * those asked for lately. What cannot be used is forgotten at once (Client ID Metadata Document §4.4).
 */
export class DocumentCache {
  readonly #config: Config;
  readonly #fetcher: Fetcher;
  readonly #clock: () => number;
  /** In the order of use. */
  readonly #known = new Map<string, Known>();
  readonly #flights = new Map<string, Promise<Client>>();

  constructor(config: Config, { fetcher, clock }: { fetcher: Fetcher; clock: () => number }) {
    this.#config = config;
    this.#fetcher = fetcher;
    this.#clock = clock;
  }

  /** The client whose id is this URL. Throws `invalid_client` with the reason why it cannot be used. */
  async find(url: string): Promise<Client> {
    const fault = documentUrlFault(this.#config, url);
    if (fault !== undefined) {
      throw unusable(url, `of its address, ${fault}`, {
        expected: `an https URL with a path; ${fault}`,
        got: shown(url),
        requirement: 'MD-060',
      });
    }
    return this.#fromMemory(url) ?? this.#read(url);
  }

  /** Whether pages of this origin belong to one of the clients that are known now: they may read token responses. */
  allowsOrigin(origin: string): boolean {
    return [...this.#known.values()].some(({ client }) => client.allowedOrigins.includes(origin));
  }

  #fromMemory(url: string): Client | undefined {
    const known = this.#known.get(url);
    if (known === undefined) return undefined;
    this.#remember(url, known);
    const now = this.#clock();
    const isFresh = known.freshUntil > now;
    // A site that has just failed to answer is not asked by everyone who comes.
    const isLeft = now - known.triedAt < coolDown && now - known.readAt < usable;
    return isFresh || isLeft ? known.client : undefined;
  }

  #read(url: string): Promise<Client> {
    const flight = this.#flights.get(url) ?? this.#load(url).finally(() => this.#flights.delete(url));
    this.#flights.set(url, flight);
    return flight;
  }

  async #load(url: string): Promise<Client> {
    const fetched = await this.#fetcher.fetch({ url, accept, longest });
    const now = this.#clock();
    const known = this.#known.get(url);
    if (fetched.outcome === 'failed' && known !== undefined && now - known.readAt < usable) {
      known.triedAt = now;
      return known.client;
    }
    this.#known.delete(url);
    if (fetched.outcome !== 'fetched')
      throw unusable(url, 'its description could not be read', {
        expected: 'a JSON document',
        got: fetched.why,
        requirement: 'MD-061',
      });
    const client = readClientDocument(this.#config, url, fetched.body);
    await this.#requireSector(client);
    this.#remember(url, { client, readAt: now, freshUntil: now + freshFor(fetched), triedAt: now });
    return client;
  }

  async #requireSector(client: Client): Promise<void> {
    try {
      await requireSector(this.#fetcher, client);
    } catch (error) {
      throw error instanceof OAuthError ? unusableFor(client.id, error) : error;
    }
  }

  #remember(url: string, known: Known): void {
    this.#known.delete(url);
    this.#known.set(url, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > capacity && oldest !== undefined) this.#known.delete(oldest);
  }
}

function freshFor({ freshForSeconds: said }: Extract<Fetched, { outcome: 'fetched' }>): number {
  if (said === null) return fresh.usual;
  return Math.min(fresh.most, Math.max(fresh.least, said * 1000));
}
