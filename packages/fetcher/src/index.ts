export { isAllowEntry } from './allow-list.ts';
export { createFetcher, type FetcherOptions } from './fetcher.ts';
