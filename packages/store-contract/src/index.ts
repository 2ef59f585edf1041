export * from './describe-store.ts';
export * from './every-verb.ts';
export * from './first-version.ts';
export * from './fixtures.ts';
export { keyPool } from './key-pool.ts';
export * from './memory/memory-store.ts';
export type { StorePlace } from './place.ts';
