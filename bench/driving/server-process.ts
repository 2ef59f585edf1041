import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import type { Report, Used } from '../servers/meter.ts';

/** A server in a process of its own, which tells what it has used. */
export interface ServerProcess {
  readonly origin: string;
  mark(): Promise<Used>;
  stop(): Promise<void>;
}

export interface Program {
  /** The module to run. */
  readonly module: URL;
  readonly args: readonly string[];
  /** Of a program that does not say itself where it answers. */
  readonly origin?: string;
  /** Flags of Node. */
  readonly flags?: readonly string[];
}

const meter = new URL('../servers/meter.ts', import.meta.url);

/** Starts it and waits until it answers. */
export async function startServer({ module, args, origin, flags = [] }: Program): Promise<ServerProcess> {
  const child = fork(module, args, {
    execArgv: ['--import', meter.href, ...flags],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const hear = async <Heard extends Report>(
    isWanted: (report: Report) => report is Heard,
  ): Promise<Heard> => {
    const failure = ended.then(() => Promise.reject(new Error(`${module} has ended with ${child.exitCode}`)));
    return Promise.race([nextReport(child, isWanted), failure]);
  };
  const ready = origin === undefined ? (await hear(isReady)).ready : { origin };
  await untilAnswering(ready.origin, child);
  return {
    origin: ready.origin,
    mark: async () => {
      const told = hear(isMark);
      child.send('mark');
      return (await told).mark;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Asks for a page until there is an answer, whatever it says. */
export async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await pass(2);
    if (child.exitCode !== null) throw new Error(`The server of ${url} has ended with ${child.exitCode}`);
  }
}

function nextReport<Heard extends Report>(
  child: ChildProcess,
  isWanted: (report: Report) => report is Heard,
): Promise<Heard> {
  return new Promise((resolve) => {
    const hear = (report: Report) => {
      if (!isWanted(report)) return;
      child.off('message', hear);
      resolve(report);
    };
    child.on('message', hear);
  });
}

function isReady(report: Report): report is Extract<Report, { ready: unknown }> {
  return 'ready' in report;
}

function isMark(report: Report): report is Extract<Report, { mark: unknown }> {
  return 'mark' in report;
}
