import type { ReadStream } from 'node:tty';
import { exitCodes, Problem } from './problem.ts';

interface Terminal {
  readonly input: Pick<ReadStream, 'setRawMode' | 'setEncoding' | 'on' | 'off' | 'resume' | 'pause'>;
  readonly output: { write(text: string): unknown };
}

/** Asks without echo: in raw mode the terminal shows nothing and leaves the editing keys to us. */
export async function askSecretly(question: string, { input, output }: Terminal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let typed = '';
  const read = (keys: string) => {
    for (const key of keys) {
      if (enter.includes(key)) return resolve(typed);
      if (leave.includes(key)) return reject(interrupted());
      typed = edited(typed, key);
    }
  };
  output.write(question);
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.on('data', read);
  input.resume();
  try {
    return await promise;
  } finally {
    input.off('data', read);
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}

const enter = '\r\n';
/** Ctrl-C and Ctrl-D. */
const leave = '\u0003\u0004';
const backspace = '\u007f\b';
/** Ctrl-U. */
const erase = '\u0015';

function edited(typed: string, key: string): string {
  if (backspace.includes(key)) return [...typed].slice(0, -1).join('');
  if (erase.includes(key)) return '';
  return key < ' ' ? typed : typed + key;
}

function interrupted(): Problem {
  return new Problem({
    exitCode: exitCodes.data,
    what: 'No password was given.',
    why: 'The question was interrupted.',
    fix: 'Nothing was changed; give the command again.',
  });
}
