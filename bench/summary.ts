import { kinds, type Sample } from './measure.ts';
import type { Used } from './servers/meter.ts';

/** One figure of the table. */
export interface Figure {
  /** Milliseconds of processor time for an operation: the median of the rounds. */
  readonly cpu: number;
  /** The same as a multiple of the baseline's: the median of the ratios, each of one round. */
  readonly ratio: number | undefined;
  /**
   * Kilobytes written for an operation. Some rounds pay for others (SQLite's checkpoints), so it is a mean; some pay for
   * other programs (the file system's journal), so it is one of the middle half.
   */
  readonly kilobytes: number;
}

export interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

export const columns = ['authorize', 'exchange', 'flow', 'refresh', 'introspect'] as const;

type Columns = Readonly<Record<(typeof columns)[number], Used>>;

/** `rounds`: by round, the samples of all servers. `baseline`: the row that the others are compared with. */
export function summarize(rounds: readonly (readonly Sample[])[], baseline: string): Row[] {
  const byRow = rounds.map((samples) => new Map(samples.flatMap(rowsOf)));
  const of = (row: string, column: (typeof columns)[number]) =>
    byRow.flatMap((round) => round.get(row)?.[column] ?? []);
  const names = [...(byRow[0]?.keys() ?? [])];
  return names.map((name) => ({
    name,
    figures: Object.fromEntries(
      columns.map((column) => [column, figure(of(name, column), of(baseline, column))]),
    ),
  }));
}

function figure(used: readonly Used[], baseline: readonly Used[]): Figure {
  const ratios = baseline.map(({ cpu }, round) => (used[round]?.cpu ?? Number.NaN) / cpu);
  return {
    cpu: median(used.map(({ cpu }) => cpu)),
    ratio: ratios.length === 0 ? undefined : median(ratios),
    kilobytes: meanOfMiddle(used.map(({ written }) => written)) / 1000,
  };
}

/** A whole flow is its two steps together. */
function rowsOf(sample: Sample): [string, Columns][] {
  return Object.keys(sample.authorize).map((row) => {
    const used = Object.fromEntries(kinds.map((kind) => [kind, sample[kind][row]])) as Omit<Columns, 'flow'>;
    return [row, { ...used, flow: together(used.authorize, used.exchange) }];
  });
}

function together(a: Used, b: Used): Used {
  return { cpu: a.cpu + b.cpu, written: a.written + b.written };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

function meanOfMiddle(values: readonly number[]): number {
  const quarter = Math.floor(values.length / 4);
  const middle = values.toSorted((a, b) => a - b).slice(quarter, values.length - quarter);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
