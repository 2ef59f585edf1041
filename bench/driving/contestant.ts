import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../scripts/postgres-for-tests.ts';
import type { Used } from '../servers/meter.ts';
import { opaqueResource } from '../stage.ts';
import { Operations } from './operations.ts';
import { PostgresMeter } from './postgres-meter.ts';
import { prepareServe } from './prepare-serve.ts';
import { type Program, startServer } from './server-process.ts';

/** A server that is measured, with everyone signed in. */
export interface Contestant {
  readonly operations: Operations;
  /** What a request for an access token that can be introspected has besides, where not every token can. */
  readonly introspectable: Record<string, string> | undefined;
  /** By the name of a row of the table: the server, and what works for it in other processes. */
  mark(): Promise<Record<string, Used>>;
  stop(): Promise<void>;
}

export const contestants = [
  'limit',
  'valetkey-sqlite',
  'valetkey-serve',
  'valetkey-postgres',
  'oidc-provider-memory',
  'oidc-provider-sqlite',
] as const;

export type ContestantName = (typeof contestants)[number];

/** Throws when one is unknown. */
export function contestantNames(list: string): ContestantName[] {
  return list.split(',').map((name) => {
    const found = contestants.find((contestant) => contestant === name);
    if (found === undefined)
      throw new Error(`There is no server ${name}; there are ${contestants.join(', ')}`);
    return found;
  });
}

export interface Setting {
  /** Its row in the table, if not the name. */
  readonly label?: string;
  /** Flags of Node for the server. */
  readonly flags?: readonly string[];
  /** Fills the database before the server opens it. */
  readonly prepare?: (database: { file: string } | { url: string }) => Promise<void>;
}

/** Starts a server on an empty folder, and an empty cluster where it needs one. */
export async function startContestant(name: ContestantName, setting: Setting = {}): Promise<Contestant> {
  const resources = new AsyncDisposableStack();
  try {
    return await startWith(resources, name, setting);
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

async function startWith(
  resources: AsyncDisposableStack,
  name: ContestantName,
  { label = name, flags = [], prepare }: Setting,
): Promise<Contestant> {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-bench-'));
  resources.defer(() => rm(folder, { recursive: true }));
  const postgres = name === 'valetkey-postgres' ? await startPostgres({ durable: true }) : undefined;
  if (postgres) resources.defer(postgres.stop);
  await prepare?.(postgres ? { url: postgres.url } : { file: join(folder, 'valetkey.db') });
  const server = await startServer({ ...(await programOf(name, folder, postgres?.url)), flags });
  resources.defer(server.stop);
  const database = postgres ? await PostgresMeter.connect(postgres.url) : undefined;
  if (database) resources.defer(() => database.close());
  const operations = new Operations(server.origin);
  resources.defer(() => operations.close());
  const introspectable = name.startsWith('oidc-provider') ? { resource: opaqueResource } : undefined;
  if (name !== 'limit') await operations.signIn();
  if (introspectable) await operations.signIn(introspectable);
  return {
    operations,
    introspectable,
    mark: async () => ({
      [label]: await server.mark(),
      ...(database ? { [`${label}: database`]: await database.mark() } : {}),
    }),
    stop: () => resources.disposeAsync(),
  };
}

async function programOf(name: ContestantName, folder: string, url: string | undefined): Promise<Program> {
  if (name === 'valetkey-serve') return prepareServe(folder);
  const module = new URL(`../servers/${name}.ts`, import.meta.url);
  return { module, args: [folder, ...(url === undefined ? [] : [url])] };
}
