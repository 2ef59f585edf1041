import type { ClientStore } from '@valetkey/server';

const age = 60_000;

/** Origins of registered browser clients: these may read token responses (RFC 9700 §2.6). Read once a minute at most. */
export class OriginBook {
  readonly #clients: ClientStore;
  #origins: ReadonlySet<string> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(clients: ClientStore) {
    this.#clients = clients;
  }

  async allows(origin: string, now: number): Promise<boolean> {
    if (now - this.#readAt > age) {
      const clients = await this.#clients.list();
      this.#origins = new Set(
        clients.flatMap((client) => (client.disabledAt === null ? client.allowedOrigins : [])),
      );
      this.#readAt = now;
    }
    return this.#origins.has(origin);
  }
}
