import fc from 'fast-check';
import type { Fault } from './faulty-store.ts';
import { deadlyEvents } from './history.ts';
import type { Act, ActName, Program, Step } from './program.ts';

/** What programs of one kind are made of. */
export interface Taste {
  /** Acts, with how often each occurs among the others. */
  readonly acts: Partial<Record<ActName, number>>;
  /** Whether the code is redeemed first, without a fault; mostly, if nothing is said. */
  readonly opened?: boolean;
  readonly clients?: readonly Program['client'][];
  /** Kinds of faults, and lost answers. */
  readonly faults?: readonly (Fault['kind'] | 'lost')[];
  readonly restarts?: boolean;
  /** Milliseconds that may pass between steps. */
  readonly passes?: readonly number[];
  /** How many acts may run at once. */
  readonly together?: number;
  readonly length?: number;
}

const seconds = 1000;
const minutes = 60 * seconds;

/** Both sides of every edge: code 60 s, grace 10 s, access token 10 min, idle 1 h, absolute 4 h. */
export const everyEdge = [
  1,
  seconds,
  9 * seconds,
  10 * seconds,
  10 * seconds + 1,
  30 * seconds,
  60 * seconds,
  60 * seconds + 1,
  5 * minutes,
  10 * minutes,
  31 * minutes,
  59 * minutes,
  60 * minutes,
  125 * minutes,
] as const;

export const kills = Object.fromEntries(deadlyEvents.map((event) => [event, 1])) as Partial<
  Record<ActName, number>
>;

/** Everything that may happen to a family. */
export const everything: Taste = {
  acts: {
    exchange: 5,
    'exchange wrongly': 5,
    refresh: 25,
    'refresh with a replaced token': 5,
    'refresh narrowly': 2,
    'refresh wrongly': 4,
    revoke: 2,
    'revoke wrongly': 3,
    'revoke access': 5,
    introspect: 12,
    'introspect refresh token': 4,
    ...kills,
    'user-enabled': 1,
    'client-enabled': 1,
    'password-changed': 1,
    'signed-out': 1,
  },
  faults: ['before', 'after', 'later', 'lost'],
  restarts: true,
  passes: everyEdge,
  together: 4,
};

const clients = ['public', 'confidential', 'confidential, rotating'] as const;

export function programs(taste: Taste): fc.Arbitrary<Program> {
  const steps = fc.array(stepOf(taste), { minLength: 1, maxLength: taste.length ?? 10 });
  const opened = taste.opened === undefined ? mostly : fc.constant(taste.opened);
  const first = opened.map((is): Step[] => (is ? [exchangeFirst] : []));
  return fc.record({
    client: fc.constantFrom(...(taste.clients ?? clients)),
    steps: fc.tuple(first, steps).map((parts) => parts.flat()),
  });
}

const mostly = fc.nat(5).map((one) => one < 5);
const exchangeFirst: Step = { step: 'acts', acts: [{ act: 'exchange', node: 0, pick: 0 }], choices: [0] };

function stepOf(taste: Taste): fc.Arbitrary<Step> {
  const act = actOf(taste);
  // Shrinking an order says nothing, and takes long.
  const choices = fc.noShrink(fc.array(fc.nat(3), { minLength: 8, maxLength: 24 }));
  const alone = fc.record({
    step: fc.constant('acts' as const),
    acts: act.map((one) => [one]),
    choices: fc.constant([0]),
  });
  const together = fc.record({
    step: fc.constant('acts' as const),
    acts: fc.array(act, { minLength: 2, maxLength: taste.together ?? 2 }),
    choices,
  });
  const pass = fc.record({
    step: fc.constant('pass' as const),
    milliseconds: fc.constantFrom(...(taste.passes ?? [0])),
  });
  const restart = fc.record({ step: fc.constant('restart' as const), node: fc.nat(1) });
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 6, arbitrary: alone },
    { weight: (taste.together ?? 1) > 1 ? 3 : 0, arbitrary: together },
    { weight: taste.passes === undefined ? 0 : 3, arbitrary: pass },
    { weight: taste.restarts === true ? 1 : 0, arbitrary: restart },
  );
}

function actOf({ acts, faults }: Taste): fc.Arbitrary<Act> {
  const names = Object.entries(acts) as [ActName, number][];
  const act = fc.oneof(...names.map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) })));
  const trouble = faults === undefined ? fc.constant({}) : troubleOf(faults);
  return fc
    .record({ act, node: fc.nat(1), pick: fc.nat(7), trouble })
    .map(({ trouble: one, ...rest }) => ({ ...rest, ...one }));
}

function troubleOf(kinds: readonly (Fault['kind'] | 'lost')[]): fc.Arbitrary<Pick<Act, 'fault' | 'lost'>> {
  const one = fc.tuple(fc.constantFrom(...kinds), fc.nat(4)).map(([kind, at]) => {
    return kind === 'lost' ? { lost: true } : { fault: { kind, at } };
  });
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: one },
  );
}
