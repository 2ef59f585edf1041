export * from './describe-store.ts';
export * from './every-verb.ts';
export * from './fixtures.ts';
export * from './memory/memory-store.ts';
export type { StorePlace } from './place.ts';
