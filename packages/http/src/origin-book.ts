import type { Authority } from '@valetkey/server';

const age = 60_000;

/** Origins of registered browser clients: these may read token responses (RFC 9700 §2.6). Read once a minute at most. */
export class OriginBook {
  readonly #authority: Pick<Authority, 'store' | 'documents'>;
  #origins: ReadonlySet<string> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(authority: Pick<Authority, 'store' | 'documents'>) {
    this.#authority = authority;
  }

  async allows(origin: string, now: number): Promise<boolean> {
    if (now - this.#readAt > age) {
      const clients = await this.#authority.store.clients.list();
      this.#origins = new Set(
        clients.flatMap((client) => (client.disabledAt === null ? client.allowedOrigins : [])),
      );
      this.#readAt = now;
    }
    return this.#origins.has(origin) || this.#authority.documents.allowsOrigin(origin);
  }
}
