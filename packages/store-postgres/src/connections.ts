import { randomInt } from 'node:crypto';
import pg from 'pg';
import { failureOf, isBroken, isDemoted } from './failure.ts';

export interface ConnectionSettings {
  readonly url: string;
  readonly poolSize: number;
  /** Milliseconds that the server gives a statement; a second later we stop waiting for an answer. */
  readonly statementTimeout: number;
  readonly connectTimeout: number;
}

export interface Query {
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

interface Connection {
  readonly client: pg.Client;
  /** Statements that have been sent and not answered. */
  load: number;
  gone: boolean;
}

const firstRest = 50;
const longestRest = 2000;

/**
 * The connections to one database. A statement goes to the connection that has least to do, at once: where all are busy
 * it follows the others on the wire (a pipeline) instead of waiting for one to be free. Connections are made as they are
 * needed. Where one cannot be made, the next try waits, twice as long every time; until then, whoever finds no
 * connection is told so at once.
 */
export class Connections {
  readonly #settings: ConnectionSettings;
  readonly #open = new Set<Connection>();
  #opening: Promise<Connection> | undefined;
  #failures = 0;
  #resting: unknown;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  async query(query: Query): Promise<pg.QueryResult> {
    const connection = this.#leastBusy() ?? (await this.#connect());
    connection.load += 1;
    try {
      return await connection.client.query({ ...query, values: [...query.values] });
    } catch (error) {
      if (isBroken(error) || isDemoted(error)) this.#drop(connection);
      throw error;
    } finally {
      connection.load -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    const clients = [...this.#open].map(({ client }) => client);
    this.#open.clear();
    await Promise.all(clients.map((client) => client.end()));
  }

  #leastBusy(): Connection | undefined {
    let least: Connection | undefined;
    for (const connection of this.#open) if (!least || connection.load < least.load) least = connection;
    if (least && least.load > 0 && this.#open.size < this.#settings.poolSize) {
      // For the statements that come after this one. A failure here fails nobody.
      this.#connect().catch(() => undefined);
    }
    return least;
  }

  /** One connection is made at a time; whoever needs one waits for the same. */
  #connect(): Promise<Connection> {
    if (this.#resting) return Promise.reject(this.#resting);
    this.#opening ??= this.#make().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #make(): Promise<Connection> {
    const { url, statementTimeout, connectTimeout } = this.#settings;
    const client = new pg.Client({
      connectionString: url,
      application_name: 'valetkey',
      pipeline: true,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: connectTimeout,
      statement_timeout: statementTimeout,
      query_timeout: statementTimeout + 1000,
      types: { getTypeParser: parserFor as typeof pg.types.getTypeParser },
    });
    const connection = { client, load: 0, gone: false };
    const gone = () => {
      connection.gone = true;
      this.#open.delete(connection);
    };
    client.on('error', gone).on('end', gone);
    try {
      await client.connect();
    } catch (error) {
      this.#rest(error);
      throw error;
    }
    this.#failures = 0;
    // It may have ended since, before it was in the set that it would have left.
    if (!connection.gone) this.#open.add(connection);
    return connection;
  }

  #rest(error: unknown): void {
    this.#failures += 1;
    const rest = Math.min(longestRest, firstRest * 2 ** this.#failures);
    this.#resting = failureOf(error);
    setTimeout(
      () => {
        this.#resting = undefined;
      },
      randomInt(rest / 2, rest),
    ).unref();
  }

  #drop(connection: Connection): void {
    this.#open.delete(connection);
    connection.client.end().catch(() => undefined);
  }
}

/** `bigint` holds our instants and counts, which are safe integers; all else that we store is text. */
function parserFor(type: number): (text: string) => string | number {
  return type === pg.types.builtins.INT8 || type === pg.types.builtins.INT4 ? Number : String;
}
