import { balloons } from './balloons.ts';
import { bridge } from './bridge.ts';
import { dunes } from './dunes.ts';
import { harbor } from './harbor.ts';
import { lighthouse } from './lighthouse.ts';
import type { Photo } from './photo.ts';
import { pines } from './pines.ts';

/** Ada's photos, the latest first. The demo has one album, which it shows to whoever may see photos. */
export const album: readonly Photo[] = [harbor, balloons, lighthouse, bridge, dunes, pines];
