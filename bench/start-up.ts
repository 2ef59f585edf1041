import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort, prepareServe } from './driving/prepare-serve.ts';
import { untilAnswering } from './driving/server-process.ts';
import { median } from './summary.ts';

/**
 * Measures how long `valetkey serve` takes from its start to its first answer, and what memory it holds when idle; next
 * to a bare node:http server, because nothing on Node starts faster or holds less.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    /** The command line to run, if it is not to run from its sources. */
    program: { type: 'string' },
  },
});

interface Run {
  /** Until the first answer: milliseconds on the clock, and of processor time. */
  readonly wall: number;
  readonly cpu: number;
  /** Bytes of memory (resident set) three seconds later. */
  readonly memory: number;
}

const bare: Run[] = [];
const serve: Run[] = [];
for (let run = 0; run < Number(values.runs); run += 1) {
  bare.push(await runBare());
  serve.push(await runServe());
}
print('bare node:http', bare);
print('valetkey serve', serve);

async function runBare(): Promise<Run> {
  const port = await freePort();
  const program = `require('node:http').createServer((_, response) => response.end()).listen(${port}, '127.0.0.1')`;
  return measureStart(['--eval', program], `http://127.0.0.1:${port}/`);
}

async function runServe(): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-bench-'));
  const { module, args, origin } = await prepareServe(folder);
  const program = values.program ?? fileURLToPath(module);
  const run = await measureStart([program, ...args], `${origin}/.well-known/oauth-authorization-server`);
  await rm(folder, { recursive: true });
  return run;
}

async function measureStart(args: readonly string[], url: string): Promise<Run> {
  const start = performance.now();
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await untilAnswering(url, server);
  const wall = performance.now() - start;
  const cpu = processorTime(server);
  await pass(3000);
  const memory = residentBytes(server);
  server.kill('SIGTERM');
  await once(server, 'exit');
  return { wall, cpu, memory };
}

/** User and system time are the 14th and 15th field, in hundredths of a second; the 2nd may hold blanks. */
function processorTime({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentBytes({ pid }: ChildProcess): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

function print(name: string, runs: readonly Run[]): void {
  const wall = median(runs.map((run) => run.wall)).toFixed(0);
  const cpu = median(runs.map((run) => run.cpu)).toFixed(0);
  const memory = (median(runs.map((run) => run.memory)) / 2 ** 20).toFixed(0);
  console.log(
    `${name}: first answer after ${wall} ms (${cpu} ms of processor time), ${memory} MiB when idle`,
  );
}
