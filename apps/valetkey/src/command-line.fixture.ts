import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const cli = join(import.meta.dirname, '../bin/valetkey.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  /** What it has written to standard output up to now. */
  readonly output: () => string;
  /** Waits for text on standard output; fails when the process ends before, or after ten seconds. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Closes the end of its standard output at which we read. */
  readonly stopReading: () => void;
  readonly ended: Promise<Outcome>;
}

/** A folder that is removed after the test, and commands that run in it as processes of their own. */
export interface Sandbox {
  readonly folder: string;
  readonly path: (name: string) => string;
  /** Writes `valetkey.config.json`; the root key has to be made by `valetkey init`, or named otherwise. */
  readonly configure: (over?: Record<string, unknown>) => void;
  /** Runs `valetkey` to its end. */
  readonly valetkey: (args: readonly string[], given?: Given) => Promise<Outcome>;
  /** Runs `valetkey ... --json`, which has to succeed, and gives what it printed. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the test looks at
  readonly json: (args: readonly string[], given?: Given) => Promise<any>;
  /** Starts a program of ours that goes on running; killed after the test if it is still there. */
  readonly start: (args: readonly string[], given?: Given) => Running;
}

interface Given {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the command line. */
  readonly program?: string;
}

export const rootKey = Buffer.alloc(32, 7).toString('base64url');

export function aSandbox(): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const start = (args: readonly string[], given: Given = {}) => {
    const running = startIn(folder, args, given);
    onTestFinished(async () => {
      running.signal('SIGKILL');
      await running.ended;
    });
    return running;
  };
  const valetkey = (args: readonly string[], given: Given = {}) => startIn(folder, args, given).ended;
  return {
    folder,
    start,
    valetkey,
    path: (name) => join(folder, name),
    configure: (over = {}) =>
      writeFileSync(join(folder, 'valetkey.config.json'), JSON.stringify({ ...config, ...over })),
    async json(args, given) {
      const { code, stdout, stderr } = await valetkey([...args, '--json'], given);
      if (code !== 0) throw new Error(`valetkey ${args.join(' ')} ended with ${code}:\n${stderr}`);
      return JSON.parse(stdout);
    },
  };
}

/** Photos to be seen, in a file, on any port. */
const config = {
  issuer: 'http://localhost:9000',
  scopes: {
    'photos:read': { description: 'see your photos' },
    'photos:write': { description: 'add photos' },
  },
  resources: [
    { identifier: 'https://photos.example', name: 'Photos', scopes: ['photos:read', 'photos:write'] },
  ],
  listen: { port: 0 },
  store: { sqlite: 'valetkey.db' },
  rootKey: { env: 'TEST_ROOT_KEY' },
};

function startIn(folder: string, args: readonly string[], { stdin, env, program = cli }: Given): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      TEST_ROOT_KEY: rootKey,
      // Stripping types costs more than all else; of some fifty processes the first does it.
      NODE_COMPILE_CACHE: join(tmpdir(), `valetkey-tests-compiled-${process.getuid?.()}`),
      ...env,
    },
  });
  child.stdin.end(stdin ?? '');
  const heard = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      heard[name] += text;
    });
  }
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...heard }));
  return {
    pid: child.pid ?? 0,
    output: () => heard.stdout,
    signal: (name) => void child.kill(name),
    stopReading: () => void child.stdout.destroy(),
    ended,
    says: (pattern) =>
      waitFor(
        child,
        () => pattern.exec(heard.stdout),
        () => `${heard.stdout}\n${heard.stderr}`,
      ),
  };
}

async function waitFor<T>(child: ChildProcess, look: () => T | null, told: () => string): Promise<T> {
  const limit = AbortSignal.timeout(10_000);
  for (;;) {
    const found = look();
    if (found !== null) return found;
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} and said:\n${told()}`);
    const heard = once(child.stdout as NodeJS.ReadableStream, 'data', { signal: limit });
    await Promise.race([heard, once(child, 'close', { signal: limit })]).catch((cause) => {
      throw new Error(`It said only:\n${told()}`, { cause });
    });
  }
}
