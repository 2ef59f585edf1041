import type { Contestant } from './driving/contestant.ts';
import type { Answer, Tokens } from './driving/operations.ts';
import type { Used } from './servers/meter.ts';

export const kinds = ['authorize', 'exchange', 'refresh', 'introspect'] as const;

export type Kind = (typeof kinds)[number];

/** What one operation of each kind has used, by row of the table. */
export type Sample = Readonly<Record<Kind, Readonly<Record<string, Used>>>>;

interface Load {
  readonly count: number;
  /** How many requests are on their way at once. */
  readonly lanes: number;
}

/** So many flows, measured step by step: the answers of every step are what the next one needs. */
export async function measure(contestant: Contestant, load: Load): Promise<Sample> {
  const { operations } = contestant;
  const authorize = await metered(contestant, load, () => operations.authorize());
  const exchange = await metered(contestant, load, (i) =>
    operations.exchange(authorize.results[i] as Answer),
  );
  const refresh = await metered(contestant, load, (i) => operations.refresh(exchange.results[i] as Tokens));
  const tokens = (await introspectable(contestant, load)) ?? refresh.results;
  const introspect = await metered(contestant, load, (i) => operations.introspect(tokens[i] as Tokens));
  return {
    authorize: authorize.used,
    exchange: exchange.used,
    refresh: refresh.used,
    introspect: introspect.used,
  };
}

/** Tokens that this server introspects, where it does not introspect all. Not part of a measurement. */
async function introspectable(
  { operations, introspectable }: Contestant,
  load: Load,
): Promise<Tokens[] | undefined> {
  if (introspectable === undefined) return undefined;
  return inLanes(load, async () => operations.exchange(await operations.authorize(introspectable)));
}

/** Runs the steps between two marks. `used`: by one operation. */
async function metered<Result>(
  contestant: Contestant,
  load: Load,
  step: (i: number) => Promise<Result>,
): Promise<{ results: Result[]; used: Record<string, Used> }> {
  const before = await contestant.mark();
  const results = await inLanes(load, step);
  const after = await contestant.mark();
  const used = Object.entries(after).map(([row, now]): [string, Used] => {
    const then = before[row] ?? now;
    return [
      row,
      { cpu: (now.cpu - then.cpu) / load.count, written: (now.written - then.written) / load.count },
    ];
  });
  return { results, used: Object.fromEntries(used) };
}

async function inLanes<Result>(
  { count, lanes }: Load,
  step: (i: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const i = next;
      next += 1;
      results[i] = await step(i);
    }
  };
  await awake(() => Promise.all(Array.from({ length: lanes }, lane)));
  return results;
}

/**
 * Waking a process that sleeps costs whoever sends to it up to 50 µs on a virtual machine. A driver that is slower than
 * the server never sleeps, one that is faster does: so that no server pays for being slow, the driver always stays awake.
 */
async function awake(work: () => Promise<unknown>): Promise<void> {
  let done = false;
  const turn = () => {
    if (!done) setImmediate(turn);
  };
  turn();
  await work().finally(() => {
    done = true;
  });
}
