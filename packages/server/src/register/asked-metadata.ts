import type { Config } from '../config.ts';
import type { Client } from '../model.ts';
import type { WireMetadata } from './wire-metadata.ts';

/**
 * How the metadata came: sent to be registered, published by the client, or put in by an operator, who knows what is served
 * on localhost, and whether the client is an API that is never redirected to.
 */
export type MetadataOrigin = NonNullable<Client['origin']> | 'operator';

/** What is asked for, and of whom. */
export interface AskedMetadata {
  readonly config: Config;
  readonly wire: WireMetadata;
  readonly origin: MetadataOrigin;
}
