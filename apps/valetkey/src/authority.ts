import { randomBytes } from 'node:crypto';
import { createFetcher } from '@valetkey/fetcher';
import {
  type Authority,
  type AuthorityEvent,
  createAuthority,
  type Fetcher,
  isLoopbackHost,
  type Store,
  StoreUnavailable,
  WrongRootKey,
} from '@valetkey/server';
import { loadDeployment } from './config/config-file.ts';
import type { Deployment } from './config/deployment.ts';
import { openStore, storeProblem } from './store.ts';
import { exitCodes, Problem } from './terminal/problem.ts';

interface Surroundings {
  readonly store: Store;
  readonly emit: (event: AuthorityEvent) => void;
}

type Startable = Pick<Deployment, 'authority' | 'rootKey'> & Partial<Pick<Deployment, 'outgoing'>>;

/** The authority of a deployment, its keys made or read, so that a wrong root key is noticed before any work. */
export async function startAuthority(
  deployment: Startable,
  { store, emit }: Surroundings,
): Promise<Authority> {
  const { rootKey } = deployment;
  const fetcher = fetcherFor(deployment);
  const ports = { store, rootKey, clock: Date.now, random: randomBytes, emit, fetcher };
  const authority = createAuthority(deployment.authority, ports);
  try {
    await authority.keys.ring(authority.clock());
    return authority;
  } catch (error) {
    throw explained(error);
  }
}

function fetcherFor({ authority, outgoing }: Startable): Fetcher {
  const development = isLoopbackHost(new URL(authority.issuer).hostname);
  return createFetcher({ ...outgoing, ...(development ? { allowHttpLoopback: true } : {}) });
}

/** Runs a command on the authority that the configuration describes, and closes its store after. */
export async function withAuthority<T>(
  config: string | undefined,
  work: (authority: Authority) => Promise<T>,
): Promise<T> {
  const deployment = await loadDeployment(config);
  const store = await openStore(deployment.store);
  try {
    return await work(await startAuthority(deployment, { store, emit: () => undefined }));
  } catch (error) {
    throw explained(error);
  } finally {
    await store.close();
  }
}

function explained(error: unknown): unknown {
  if (error instanceof StoreUnavailable) return storeProblem(error);
  if (!(error instanceof WrongRootKey)) return error;
  const explanation = {
    exitCode: exitCodes.config,
    what: 'The root key does not fit the database.',
    why: 'The keys in the database were sealed with another root key.',
    fix: 'Put back the root key that this database was made with, or use another database.',
  };
  return new Problem(explanation, { cause: error });
}
