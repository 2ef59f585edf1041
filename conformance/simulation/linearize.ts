import { answers, type Family, type Rules, unopened } from './family.ts';
import { describeOperation, type Operation } from './history.ts';

/** An order of the operations that explains what was seen, or how far the best attempt came. */
export type Verdict =
  | { readonly explained: true; readonly order: readonly number[] }
  | { readonly explained: false; readonly report: string };

/**
 * Whether some order of the operations, each at one moment between its call and its return, gives the answers that were
 * seen (linearizability; the search of Wing and Gong, which tries no state twice). Operations without an answer may have
 * happened at any moment after their call, or never.
 */
export function linearize(rules: Rules, history: readonly Operation[]): Verdict {
  const operations = history.toSorted((a, b) => a.called - b.called);
  const answered = operations.filter(({ outcome }) => outcome !== 'unknown').length;
  const tried = new Set<string>();
  let best: Attempt = { order: [], family: unopened, answered: 0 };
  const attempts: Attempt[] = [best];
  for (let attempt = attempts.pop(); attempt !== undefined; attempt = attempts.pop()) {
    if (attempt.answered === answered) return { explained: true, order: attempt.order };
    if (attempt.answered > best.answered) best = attempt;
    for (const next of successors(rules, operations, attempt).toReversed()) {
      const key = `${next.order.toSorted((a, b) => a - b).join()} ${JSON.stringify(next.family)}`;
      if (tried.has(key)) continue;
      tried.add(key);
      attempts.push(next);
    }
  }
  return { explained: false, report: report(rules, operations, best) };
}

interface Attempt {
  /** Ids, in the order in which they are supposed to have happened. */
  readonly order: readonly number[];
  readonly family: Family;
  /** How many of them had an answer. */
  readonly answered: number;
}

/** Every operation that may come next, and whose answer then is the one that was seen. */
function successors(rules: Rules, operations: readonly Operation[], attempt: Attempt): Attempt[] {
  return candidates(operations, attempt).flatMap((operation) => {
    const seen = operation.outcome !== 'unknown';
    const order = [...attempt.order, operation.id];
    const answered = attempt.answered + (seen ? 1 : 0);
    return answers(rules, attempt.family, operation)
      .filter(({ outcome }) => !seen || outcome === operation.outcome)
      .map(({ family }) => ({ order, family, answered }));
  });
}

/** An operation may come next unless another one, still to come, had returned before it was called. */
function candidates(operations: readonly Operation[], { order }: Attempt): Operation[] {
  const left = operations.filter(({ id }) => !order.includes(id));
  const firstReturn = Math.min(...left.map(({ returned }) => returned));
  return left.filter(({ called }) => called <= firstReturn);
}

function report(rules: Rules, operations: readonly Operation[], best: Attempt): string {
  const stuck = candidates(operations, best)
    .filter(({ outcome }) => outcome !== 'unknown')
    .map((operation) => {
      const [expected] = answers(rules, best.family, operation);
      return `  ${describeOperation(operation)}, but the model says ${expected?.outcome}`;
    });
  return [
    'No order of these operations explains their answers:',
    ...operations.map((operation) => `  ${describeOperation(operation)}`),
    `The best order found is ${best.order.map((id) => `#${id}`).join(' ') || 'empty'}; then the family is`,
    `  ${JSON.stringify(best.family)}`,
    'and none of these fits:',
    ...stuck,
  ].join('\n');
}
