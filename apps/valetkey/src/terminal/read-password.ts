import { askSecretly } from './ask-secretly.ts';
import { exitCodes, Problem } from './problem.ts';

/** Sign-in reads no more of a password. */
const longest = 1024;
const shortest = 8;

/** A new password: asked for twice on a terminal without showing it, or one line of standard input. */
export async function readNewPassword({ fromStdin }: { fromStdin: boolean }): Promise<string> {
  const password = fromStdin ? await readLine(process.stdin) : await askTwice();
  const fault = passwordFault(password);
  if (fault === undefined) return password;
  throw new Problem({
    exitCode: exitCodes.data,
    what: 'The password cannot be taken.',
    why: fault,
    fix: 'Choose another; several words in a row make a good one.',
  });
}

function passwordFault(password: string): string | undefined {
  const length = [...password].length;
  if (length < shortest) return `It has ${length} characters, and ${shortest} are the least.`;
  return password.length > longest ? `It has more than ${longest} characters.` : undefined;
}

async function askTwice(): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) throw notOnTerminal();
  const password = await askSecretly('Password: ', { input: stdin, output: stderr });
  const again = await askSecretly('Again:    ', { input: stdin, output: stderr });
  if (password === again) return password;
  throw new Problem({
    exitCode: exitCodes.data,
    what: 'The two passwords differ.',
    why: 'A slip of the finger, most likely; the password was not shown.',
    fix: 'Give the command again.',
  });
}

async function readLine(stream: NodeJS.ReadStream): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    if (text.length > 4 * longest) break;
  }
  return text.replace(/\r?\n$/, '');
}

function notOnTerminal(): Problem {
  return new Problem({
    exitCode: exitCodes.usage,
    what: 'A password is needed.',
    why: 'Standard input is not a terminal that could be asked.',
    fix: 'Give it on standard input, with --password-stdin.',
  });
}
