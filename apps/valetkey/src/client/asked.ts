import type { Config } from '@valetkey/server';
import type { ClientAddOptions } from './client-add-options.ts';
import type { WireMetadata } from './wire-metadata.ts';

/** What was asked for, of a server that is configured so. */
export interface Asked {
  readonly options: ClientAddOptions;
  /** Of options and file together. */
  readonly wire: WireMetadata;
  readonly config: Config;
}
