import { resolve } from 'node:path';
import { ConfigError, type ConfigInput, readConfig } from '@valetkey/server';
import type { z } from 'zod';
import { type DeploymentSettings, deploymentSchema } from './deployment-schema.ts';
import { type Outgoing, readOutgoing } from './outgoing.ts';
import { readRootKey } from './root-key.ts';
import { readTls, type TlsFiles } from './tls-files.ts';

/** A configuration file: the authorization server and its deployment, in one object. */
export type DeploymentInput = ConfigInput & z.input<typeof deploymentSchema>;

/** A configuration that has passed all checks. */
export interface Deployment {
  readonly authority: ConfigInput;
  readonly settings: Omit<DeploymentSettings, 'store' | 'rootKey' | 'outgoing' | 'tls'>;
  readonly store: StoreSettings;
  readonly outgoing: Outgoing;
  /** Absent: plain HTTP. */
  readonly tls?: TlsFiles;
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
  // Whatever else is wrong, the root key, the store and the certificates are looked for if they are named well.
  const { rootKey: source, store: wanted, outgoing: reach, tls: secured } = deploymentSchema.shape;
  const rootKey = attempt(faults, () =>
    whenGood(source.safeParse(mine.rootKey), (from) => readRootKey(from, folder)),
  );
  const store = attempt(faults, () =>
    whenGood(wanted.safeParse(mine.store), (named) => resolveStore(named, folder)),
  );
  const outgoing = attempt(faults, () =>
    whenGood(reach.safeParse(mine.outgoing), (named) => readOutgoing(named, folder)),
  );
  const tls = attempt(faults, () =>
    whenGood(secured.safeParse(mine.tls), (named) => named && readTls(named, folder)),
  );
  if (faults.length > 0 || !settings || !rootKey || !store || !outgoing) throw new ConfigError(faults);
  const read = { authority: authority as unknown as ConfigInput, settings, store, outgoing, rootKey };
  return tls === undefined ? read : { ...read, tls };
}

function only(input: object, wanted: (name: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([name]) => wanted(name)));
}

function readSettings(input: Record<string, unknown>): DeploymentSettings {
  const parsed = deploymentSchema.safeParse(input);
  if (parsed.success && parsed.data.clientCertificateHeader && parsed.data.trustedProxies.length === 0) {
    throw new ConfigError([
      'clientCertificateHeader: only proxies among trustedProxies are believed; there are none',
    ]);
  }
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
