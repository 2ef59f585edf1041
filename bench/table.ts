import { columns, type Figure, type Row } from './summary.ts';

/** Milliseconds, times the baseline, kilobytes written; for each operation. */
export function printTable(title: string, rows: readonly Row[]): void {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const cellWidth = 23;
  console.log(`\n${title}: for one operation: ms of processor time, as a multiple, KB written\n`);
  console.log(''.padEnd(nameWidth) + columns.map((column) => column.padStart(cellWidth)).join(''));
  for (const { name, figures } of rows) {
    const cells = columns.map((column) => cell(figures[column]).padStart(cellWidth));
    console.log(name.padEnd(nameWidth) + cells.join(''));
  }
}

function cell(figure: Figure | undefined): string {
  if (figure === undefined) return '';
  const { cpu, ratio, kilobytes } = figure;
  const times = ratio === undefined ? '' : `×${ratio.toFixed(ratio < 10 ? 2 : 1)}`;
  return `${cpu.toFixed(3)} ${times.padStart(6)} ${kilobytes.toFixed(1).padStart(6)}`;
}
