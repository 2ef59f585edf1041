import { printable, styled } from './style.ts';

/** Rows under a head, in columns that align; the last column is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const [first = '', ...rest] = lines;
  return [styled(process.stdout, 'dim', first), ...rest].join('\n');
}

export type Fact = readonly [name: string, value: string | readonly string[]];

/** A fact that is told only if there is something to tell. */
export function optional(name: string, value: string | readonly string[] | undefined): Fact[] {
  return value === undefined || value.length === 0 ? [] : [[name, value]];
}

/** Names with their values, one a line; a name with several values has them below each other. */
export function facts(pairs: readonly Fact[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  const lines = pairs.flatMap(([name, value]) => {
    const [first = 'none', ...more] = [value].flat().map(printable);
    const label = styled(process.stdout, 'dim', name.padEnd(width));
    return [`  ${label}  ${first}`, ...more.map((line) => `  ${' '.repeat(width)}  ${line}`)];
  });
  return lines.join('\n');
}
