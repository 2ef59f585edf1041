import { resolve } from 'node:path';
import { ConfigError, type ConfigInput, readConfig } from '@valetkey/server';
import type { z } from 'zod';
import { type DeploymentSettings, deploymentSchema } from './deployment-schema.ts';
import { readRootKey } from './root-key.ts';

/** A configuration file: the authorization server and its deployment, in one object. */
export type DeploymentInput = ConfigInput & z.input<typeof deploymentSchema>;

/** A configuration that has passed all checks. */
export interface Deployment {
  readonly authority: ConfigInput;
  readonly settings: Omit<DeploymentSettings, 'store' | 'rootKey'>;
  readonly store: StoreSettings;
  readonly rootKey: Uint8Array;
}

export type StoreSettings =
  | { readonly sqlite: string }
  | { readonly postgres: string; readonly poolSize: number };

/** Throws `ConfigError` with every fault, of both parts and of the root key. `folder`: what relative files start from. */
export function readDeployment(input: unknown, folder: string): Deployment {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ConfigError(['configuration: must be an object']);
  }
  const mine = only(input, (name) => Object.hasOwn(deploymentSchema.shape, name));
  const authority = only(input, (name) => !Object.hasOwn(deploymentSchema.shape, name));
  const faults: string[] = [];
  const settings = attempt(faults, () => readSettings(mine));
  attempt(faults, () => readConfig(authority));
  // Whatever else is wrong, the root key and the store are looked for if they are named well.
  const { rootKey: source, store: wanted } = deploymentSchema.shape;
  const rootKey = attempt(faults, () =>
    whenGood(source.safeParse(mine.rootKey), (from) => readRootKey(from, folder)),
  );
  const store = attempt(faults, () =>
    whenGood(wanted.safeParse(mine.store), (named) => resolveStore(named, folder)),
  );
  if (faults.length > 0 || !settings || !rootKey || !store) throw new ConfigError(faults);
  return { authority: authority as unknown as ConfigInput, settings, store, rootKey };
}

function only(input: object, wanted: (name: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([name]) => wanted(name)));
}

function readSettings(input: Record<string, unknown>): DeploymentSettings {
  const parsed = deploymentSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

function whenGood<T, R>(parsed: z.ZodSafeParseResult<T>, read: (value: T) => R): R | undefined {
  return parsed.success ? read(parsed.data) : undefined;
}

function resolveStore(store: DeploymentSettings['store'], folder: string): StoreSettings {
  if ('sqlite' in store) return { sqlite: resolve(folder, store.sqlite) };
  const { postgres, poolSize } = store;
  if (typeof postgres === 'string') return { postgres, poolSize };
  const url = process.env[postgres.env];
  if (url) return { postgres: url, poolSize };
  throw new ConfigError([`store.postgres.env: the environment variable ${postgres.env} is not set`]);
}

/** What `read` gives, or `undefined` after its faults were added to the others. */
function attempt<T>(faults: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}
