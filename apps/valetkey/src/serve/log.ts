import type { AuthorityEvent } from '@valetkey/server';
import { type LevelWithSilent, pino, stdTimeFunctions } from 'pino';
import { describeCause } from './cause.ts';
import { conceal } from './conceal.ts';
import { levelOf } from './event-level.ts';
import { LineWriter } from './line-writer.ts';

interface Note {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Log {
  /** One line for what happened in the authority. */
  readonly event: (event: AuthorityEvent) => void;
  /** One line about this process. */
  readonly note: (level: 'fatal' | 'error' | 'warn' | 'info' | 'debug', note: Note) => void;
  /** Resolves when nothing waits to be written any more. */
  readonly flush: () => Promise<void>;
  /** Writes at once what waits; for the end of the process. */
  readonly flushNow: () => void;
}

/** JSON lines on standard output. */
export function createLog(level: LevelWithSilent): Log {
  const output = new LineWriter(1);
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { cause: describeCause },
  };
  const logger = pino(options, { write: (line) => output.write(conceal(line)) });
  return {
    event: (event) => {
      const { at: _, ...fields } = event;
      logger[levelOf(event)](fields);
    },
    note: (noteLevel, note) => logger[noteLevel](note),
    flush: () => output.flush(),
    flushNow: () => output.flushNow(),
  };
}
