import { ImportedKeys } from '@valetkey/jwt';
import type { PublicJwk } from '../model.ts';
import type { Fetched, Fetcher } from '../ports.ts';

const minute = 60_000;
const hour = 60 * minute;

/** How long a set counts as fresh: what its headers say, within bounds. */
const fresh = { least: minute, usual: 10 * minute, most: 24 * hour };
/** How long the last good set is used while it cannot be read again. */
const usable = 24 * hour;
/** Least time between two reads of a set that is there, so that made-up key ids cause no flood of them (MD-025). */
const coolDown = 30_000;
/** The same after a failed read as long as there is nothing to fall back on. */
const retry = 5_000;
const capacity = 1_000;
const accept = ['application/jwk-set+json', 'application/json'];
const longest = 65_536;

interface Entry {
  good?: { readonly keys: readonly PublicJwk[]; readonly readAt: number; readonly freshUntil: number };
  triedAt: number;
  why: string;
  flight?: Promise<void>;
}

/** The key set of a client is not to be had. */
export class KeySetUnavailable extends Error {
  override readonly name = 'KeySetUnavailable';
}

/**
 * The key sets that clients publish at their `jwks_uri`, as this process has read them: by one read however many wait,
 * of those asked for lately.
 */
export class ClientKeySets {
  /** The keys of clients, ready for use. */
  readonly imported = new ImportedKeys();
  readonly #fetcher: Fetcher;
  readonly #clock: () => number;
  /** In the order of use. */
  readonly #entries = new Map<string, Entry>();

  constructor(fetcher: Fetcher, clock: () => number) {
    this.#fetcher = fetcher;
    this.#clock = clock;
  }

  /** The set, read again when it is no longer fresh. Throws `KeySetUnavailable`. */
  async current(uri: string): Promise<readonly PublicJwk[]> {
    const entry = this.#entry(uri);
    if (entry.good === undefined || entry.good.freshUntil <= this.#clock()) await this.#read(uri, entry);
    return this.#keys(uri, entry);
  }

  /** The set after another read, unless the last one is too recent. Throws `KeySetUnavailable`. */
  async renewed(uri: string): Promise<readonly PublicJwk[]> {
    const entry = this.#entry(uri);
    await this.#read(uri, entry);
    return this.#keys(uri, entry);
  }

  #entry(uri: string): Entry {
    const entry = this.#entries.get(uri) ?? { triedAt: Number.NEGATIVE_INFINITY, why: '' };
    this.#entries.delete(uri);
    this.#entries.set(uri, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > capacity && oldest !== undefined) this.#entries.delete(oldest);
    return entry;
  }

  async #read(uri: string, entry: Entry): Promise<void> {
    const pause = entry.good === undefined ? retry : coolDown;
    if (entry.flight === undefined && this.#clock() - entry.triedAt < pause) return;
    entry.flight ??= this.#load(uri, entry);
    await entry.flight;
  }

  async #load(uri: string, entry: Entry): Promise<void> {
    entry.triedAt = this.#clock();
    try {
      const fetched = await this.#fetcher.fetch({ url: uri, accept, longest });
      const keys = keysIn(fetched);
      const now = this.#clock();
      if (typeof keys === 'string') entry.why = keys;
      else entry.good = { keys, readAt: now, freshUntil: now + freshFor(fetched) };
    } finally {
      delete entry.flight;
    }
  }

  #keys(uri: string, { good, why }: Entry): readonly PublicJwk[] {
    if (good !== undefined && this.#clock() - good.readAt < usable) return good.keys;
    throw new KeySetUnavailable(`${uri}: ${why}`);
  }
}

/** The keys, or why there are none. */
function keysIn(fetched: Fetched): readonly PublicJwk[] | string {
  if (fetched.outcome !== 'fetched') return fetched.why;
  const keys = keysOf(fetched.body);
  return keys === undefined ? 'what is there is no JWK Set' : keys.filter(isObject);
}

/** RFC 7517 §5. */
function keysOf(text: string): readonly unknown[] | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return isObject(document) && Array.isArray(document.keys) ? document.keys : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function freshFor(fetched: Fetched): number {
  const said = fetched.outcome === 'fetched' ? fetched.freshForSeconds : null;
  if (said === null) return fresh.usual;
  return Math.min(fresh.most, Math.max(fresh.least, said * 1000));
}
