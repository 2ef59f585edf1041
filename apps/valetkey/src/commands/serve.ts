import { Command, Option } from 'commander';
import type { ServeOptions } from '../serve/serve.ts';
import { configOption } from './common-options.ts';
import { durationOption, portOption } from './value-options.ts';

/** `valetkey serve` */
export function serveCommand(): Command {
  return new Command('serve')
    .summary('run the authorization server')
    .description(
      'Runs the authorization server until SIGTERM or Ctrl-C, and writes JSON lines to standard output. ' +
        'Running requests end first; a second signal ends the process at once.',
    )
    .addOption(configOption())
    .addOption(
      new Option('--host <host>', 'listen here, not where the configuration says').env('VALETKEY_HOST'),
    )
    .addOption(portOption('--port <port>', 'listen on this port, 0 for any that is free', 'VALETKEY_PORT'))
    .addOption(
      durationOption('--wait <duration>', 'wait so long for a database that cannot be reached yet, as 30s'),
    )
    .addHelpText(
      'after',
      `
Examples:
  valetkey serve
  valetkey serve --config /etc/valetkey/valetkey.config.json
  valetkey serve --host 0.0.0.0 --port 8080 --wait 30s`,
    )
    .action(async (options: ServeOptions) => {
      const { serve } = await import('../serve/serve.ts');
      await serve(options);
    });
}
