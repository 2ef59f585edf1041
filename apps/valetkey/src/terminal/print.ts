import type { Problem } from './problem.ts';
import { styled } from './style.ts';

export function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Something to know that is not the result: stays on the screen when the result goes into a pipe. */
export function printWarning(text: string): void {
  process.stderr.write(`${styled(process.stderr, 'yellow', 'Note:')}  ${text}\n`);
}

/** Something dangerous that was done because it was asked for. */
export function printAlarm(text: string): void {
  process.stderr.write(`${styled(process.stderr, 'red', 'Warning:')} ${text}\n`);
}

export function printProblem(problem: Problem): void {
  const { stderr } = process;
  const [why = '', ...more] = problem.why;
  const lines = [
    `${styled(stderr, 'red', 'Error:')} ${problem.message}`,
    `${styled(stderr, 'dim', 'Why:')}   ${why}`,
    ...more.map((line) => `       ${line}`),
    `${styled(stderr, 'dim', 'To do:')} ${problem.fix}`,
  ];
  stderr.write(`${lines.join('\n')}\n`);
}
