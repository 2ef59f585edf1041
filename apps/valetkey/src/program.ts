import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { clientCommand } from './commands/client.ts';
import { initCommand } from './commands/init.ts';
import { keysCommand } from './commands/keys.ts';
import { migrateCommand } from './commands/migrate.ts';
import { serveCommand } from './commands/serve.ts';
import { userCommand } from './commands/user.ts';
import { printProblem } from './terminal/print.ts';
import { exitCodes, Problem } from './terminal/problem.ts';
import { usageProblem } from './terminal/usage-problem.ts';

/** Runs one command of the command line and gives its exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await makeProgram().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    const problem = error instanceof Problem ? error : unforeseen(error);
    printProblem(problem);
    return problem.exitCode;
  }
}

function makeProgram(): Command {
  const program = new Command('valetkey')
    .description(
      'Valetkey is an OAuth 2.1 authorization server and OpenID provider; this is its command line.',
    )
    .version(packageJson.version, '-V, --version', 'print the version')
    .addHelpText('after', closing);
  const commands = [
    initCommand(),
    serveCommand(),
    clientCommand(),
    userCommand(),
    keysCommand(),
    migrateCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  settle(program, 'valetkey');
  return program;
}

const closing = `
A first run:
  valetkey init
  valetkey user add ada
  valetkey client add --name "Print Shop" --redirect-uri https://print.example/callback --scope photos:read
  valetkey serve

Exit codes: 0 done, 64 not understood, 65 cannot be taken, 66 not there, 69 database or port not to be had,
70 a fault of Valetkey, 73 a file cannot be made, 78 configuration. See docs/operations.md.`;

/** What all commands have in common. `path`: the words that call the command. */
function settle(command: Command, path: string): void {
  command
    .helpOption('-h, --help', 'explain this command')
    .configureOutput({ outputError: () => undefined })
    .exitOverride((error) => {
      const told = error.exitCode === 0 || error.code === 'commander.help';
      throw told ? error : usageProblem(path, error);
    });
  if (command.commands.length > 0) command.helpCommand('help [command]', 'explain a command');
  for (const sub of command.commands) settle(sub, `${path} ${sub.name()}`);
}

function unforeseen(error: unknown): Problem {
  const explanation = {
    exitCode: exitCodes.fault,
    what: 'Valetkey failed.',
    why: error instanceof Error ? (error.stack ?? error.message).split('\n') : String(error),
    fix: 'This is a fault of Valetkey: please report it with the lines above.',
  };
  return new Problem(explanation, { cause: error });
}
