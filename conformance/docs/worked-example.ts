import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A page of the documents, followed as a reader would: files are written, commands are given, in the order of the page. */
export interface WorkedExample {
  /** An address of the page, `http://localhost:9000`, as it is here: on a port that is free. */
  readonly at: (address: string) => string;
  /** What the program that was started by this command goes on with. */
  readonly running: (command: string) => Running;
  readonly stop: () => Promise<void>;
}

export interface Running {
  /** Waits for text that it writes; fails when it ends before. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly tell: (line: string) => void;
}

interface Block {
  readonly language: string;
  readonly code: string;
}

/** `keepsRunning`: the commands that do not end by themselves, each in a block of its own. */
export async function follow(page: string, keepsRunning: readonly string[]): Promise<WorkedExample> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-worked-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const text = readFileSync(join(root, page), 'utf8');
  const ports = await portsFor(text);
  const at = (words: string) =>
    words.replaceAll(/(?<=localhost:|port: )9\d{3}/g, (port) => String(ports.get(port) ?? port));
  const started = new Map<string, Program>();
  const stop = async () => {
    for (const program of [...started.values()].toReversed()) await program.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const { language, code } of blocksOf(text)) {
      const file = /^\/\/ (\S+\.ts)\n/.exec(code)?.[1];
      if (file !== undefined) writeFileSync(join(folder, file), at(code));
      else if (language === 'sh' && keepsRunning.includes(code)) started.set(code, await start(code, folder));
      else if (language === 'sh') {
        await new Program(at(code), folder).succeed();
        if (code.includes('valetkey init')) moveConfiguration(folder, at);
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    at,
    stop,
    running: (command) => {
      const program = started.get(command);
      if (program === undefined) throw new Error(`${page} does not start ${command}`);
      return program;
    },
  };
}

/** What `valetkey init` wrote names the usual ports. */
function moveConfiguration(folder: string, at: WorkedExample['at']): void {
  const file = join(folder, 'valetkey.config.ts');
  writeFileSync(file, at(readFileSync(file, 'utf8')));
}

/** In the order of the page, without those of other languages. */
function blocksOf(text: string): Block[] {
  const found = text.matchAll(/^```(ts|sh)\n(.*?)\n```$/gms);
  return Array.from(found, ([, language = '', code = '']) => ({ language, code }));
}

/** The ports that the page names, each with one that is free. */
async function portsFor(text: string): Promise<Map<string, number>> {
  const named = new Set(Array.from(text.matchAll(/localhost:(9\d{3})/g), ([, port = '']) => port));
  const ports = new Map<string, number>();
  for (const port of named) ports.set(port, await freePort());
  return ports;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server is waited for until it listens; others ask something first, and are left to the test. */
async function start(command: string, folder: string): Promise<Program> {
  const program = new Program(command, folder);
  if (command === 'valetkey serve') await program.says(/server\.listening/);
  return program;
}

class Program implements Running {
  readonly #command: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = '';

  constructor(command: string, folder: string) {
    this.#command = command;
    this.#child = spawn('sh', ['-e', '-c', command], {
      cwd: folder,
      detached: true,
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
      });
    this.#ended = once(this.#child, 'close');
  }

  async succeed(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`${this.#command}\nended with:\n${this.#said}`);
  }

  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (const until = Date.now() + 60_000; Date.now() < until; await soon()) {
      const found = pattern.exec(this.#said);
      if (found !== null) return found;
      if (this.#child.exitCode !== null) break;
    }
    throw new Error(`${this.#command} did not say ${pattern}, but:\n${this.#said}`);
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async stop(): Promise<void> {
    // With all that it has started.
    if (this.#child.exitCode === null && this.#child.pid !== undefined) process.kill(-this.#child.pid);
    await this.#ended;
  }
}

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
