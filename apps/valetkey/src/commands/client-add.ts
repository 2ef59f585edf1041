import { Command } from 'commander';
import type { ClientAddOptions } from '../client/client-add-options.ts';
import { clientAddExamples } from './client-add-examples.ts';
import { withClientAddOptions } from './client-add-flags.ts';
import { withCommonOptions } from './common-options.ts';

/** `valetkey client add` */
export function clientAddCommand(): Command {
  return withCommonOptions(withClientAddOptions(new Command('add')).optionsGroup('Command:'))
    .summary('register a client')
    .description(
      'Registers a client and prints its id and, if it proves itself by one, its secret. The secret is not shown again.',
    )
    .addHelpText('after', clientAddExamples)
    .action(async (options: ClientAddOptions) => {
      const { addClient } = await import('../client/add-client.ts');
      await addClient(options);
    });
}
