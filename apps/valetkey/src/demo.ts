import { Command, CommanderError } from 'commander';
import { portOption } from './commands/value-options.ts';
import type { DemoPorts } from './demo/addresses.ts';
import { endAtBrokenPipe } from './terminal/broken-pipe.ts';
import { printProblem } from './terminal/print.ts';
import { Problem } from './terminal/problem.ts';
import { usageProblem } from './terminal/usage-problem.ts';

/** `npm start`: the authorization server with a photo API and a print shop that uses it, to try out at once. */
const demo = new Command('npm start --')
  .description(
    'Runs the authorization server, a photo API and a print shop that asks for photos, with a person in it.',
  )
  .addOption(portOption('--port <port>', 'port of the authorization server', 'VALETKEY_PORT').default(9000))
  .addOption(
    portOption('--photos-port <port>', 'port of the photo API', 'VALETKEY_PHOTOS_PORT').default(9001),
  )
  .addOption(portOption('--print-port <port>', 'port of the print shop', 'VALETKEY_PRINT_PORT').default(9002))
  .addHelpText('after', '\n0 is any port that is free. Data is kept in .valetkey/ in the working directory.')
  .helpOption('-h, --help', 'explain this command')
  .configureOutput({ outputError: () => undefined })
  .exitOverride()
  .action(async (options: { port: number; photosPort: number; printPort: number }) => {
    const { runDemo } = await import('./demo/run-demo.ts');
    const ports: DemoPorts = { server: options.port, photos: options.photosPort, print: options.printPort };
    await runDemo(ports);
  });

process.umask(0o077);
endAtBrokenPipe();
process.exitCode = await run();

async function run(): Promise<number> {
  try {
    await demo.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const problem = error instanceof CommanderError ? usageProblem('npm start --', error) : error;
    if (!(problem instanceof Problem)) throw problem;
    printProblem(problem);
    return problem.exitCode;
  }
}
