import type { Store } from '@valetkey/server';
import { afterAll, beforeAll } from 'vitest';
import type { StorePlace } from './place.ts';

const racers = 50;

/** Two nodes over the same data, for the tests of one `describe`. */
export interface Nodes {
  /** The first of them, where no race is run. */
  readonly store: Store;
  /** The other one: sees what the first has answered. */
  readonly other: Store;
  /** Fifty at once, half of them at each node; `act` gets the racer's number. */
  race<T>(act: (store: Store, racer: number) => Promise<T>): Promise<T[]>;
}

export function openNodes(makePlace: () => Promise<StorePlace>): Nodes {
  let place: StorePlace;
  let stores: readonly [Store, Store];
  beforeAll(async () => {
    place = await makePlace();
    stores = [await place.open(), await place.open()];
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await place.discard();
  });
  return {
    get store() {
      return stores[0];
    },
    get other() {
      return stores[1];
    },
    race: (act) =>
      Promise.all(Array.from({ length: racers }, (_, racer) => act(stores[racer % 2 === 0 ? 0 : 1], racer))),
  };
}

/** How often each outcome was answered. */
export function tally(answers: readonly (string | { readonly outcome: string })[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const outcome = typeof answer === 'string' ? answer : answer.outcome;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
