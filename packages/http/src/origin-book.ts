import { type Authority, StoreUnavailable } from '@valetkey/server';

const age = 60_000;

/** Origins of registered browser clients: these may read token responses (RFC 9700 §2.6). Read once a minute at most. */
export class OriginBook {
  readonly #authority: Pick<Authority, 'store' | 'documents'>;
  #origins: ReadonlySet<string> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(authority: Pick<Authority, 'store' | 'documents'>) {
    this.#authority = authority;
  }

  async allows(origin: string, now: number): Promise<boolean> {
    if (now - this.#readAt > age) await this.#read(now);
    return this.#origins.has(origin) || this.#authority.documents.allowsOrigin(origin);
  }

  /** By one read however many wait. */
  async #read(now: number): Promise<void> {
    this.#reading ??= this.#load(now).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  /** Where the store does not answer, the old ones stay: what was done for the client is not undone by that. */
  async #load(now: number): Promise<void> {
    try {
      const clients = await this.#authority.store.clients.list();
      const enabled = clients.filter(({ disabledAt }) => disabledAt === null);
      this.#origins = new Set(enabled.flatMap(({ allowedOrigins }) => allowedOrigins));
      this.#readAt = now;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}
