import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import type { Used } from '../servers/meter.ts';

/** What a PostgreSQL cluster on this machine has used: processor time of its living processes, write-ahead log. */
export class PostgresMeter {
  readonly #client: pg.Client;
  readonly #postmaster: number;

  private constructor(client: pg.Client, postmaster: number) {
    this.#client = client;
    this.#postmaster = postmaster;
  }

  static async connect(url: string): Promise<PostgresMeter> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    return new PostgresMeter(client, parentOf(rows[0].pid));
  }

  async mark(): Promise<Used> {
    const { rows } = await this.#client.query(`SELECT pg_current_wal_lsn() - '0/0' AS log`);
    return { cpu: this.#cpu(), written: Number(rows[0].log) };
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  #cpu(): number {
    const processes = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    const family = processes.filter((pid) => pid === this.#postmaster || parentOf(pid) === this.#postmaster);
    return family.reduce((sum, pid) => sum + timeOf(pid), 0);
  }
}

/** 0 for a process that has ended. */
function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** Nanoseconds on a processor stand first; PostgreSQL's processes have one thread. */
function timeOf(pid: number): number {
  return Number(read(`/proc/${pid}/schedstat`).split(' ')[0] ?? 0) / 1e6;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
