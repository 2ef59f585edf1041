import type { Asset } from './asset.ts';
import { favicon } from './mark.ts';
import { stylesheet } from './stylesheet.ts';

/** All files that the pages load. */
export const assets: readonly Asset[] = [stylesheet, favicon];
