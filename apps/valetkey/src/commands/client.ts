import { Command, Option } from 'commander';
import { clientAddCommand } from './client-add.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';
import { durationOption } from './value-options.ts';

/** `valetkey client ...` */
export function clientCommand(): Command {
  return new Command('client')
    .summary('register and manage apps and APIs')
    .description(
      'Registers and manages clients: the apps that ask for access, and the APIs that introspect tokens.',
    )
    .addCommand(clientAddCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(rotateSecretCommand())
    .addCommand(removeCommand());
}

function listCommand(): Command {
  return withCommonOptions(new Command('list'))
    .summary('list the clients')
    .description('Lists the clients.')
    .addHelpText('after', '\nExamples:\n  valetkey client list\n  valetkey client list --json')
    .action(async (options: CommonOptions) => {
      const { listClients } = await import('../client/list-clients.ts');
      await listClients(options);
    });
}

function showCommand(): Command {
  return withCommonOptions(new Command('show'))
    .summary('show a client')
    .description(
      'Shows all that is registered of a client. Its secrets are not known any more, only their ids and ends.',
    )
    .argument('<id>', 'the client')
    .addHelpText('after', '\nExample:\n  valetkey client show print-shop')
    .action(async (id: string, options: CommonOptions) => {
      const { showClient } = await import('../client/show-client.ts');
      await showClient(id, options);
    });
}

function rotateSecretCommand(): Command {
  return withCommonOptions(new Command('rotate-secret'))
    .summary('give a client a new secret')
    .description(
      'Gives a client a new secret, printed once. The old ones go on working for a while, so that the app can be changed ' +
        'over without a gap; an end that was set earlier stays.',
    )
    .argument('<id>', 'the client')
    .addOption(
      durationOption('--keep-old <duration>', 'how long the old secrets go on working (default: 7d)'),
    )
    .addOption(new Option('--drop-old', 'end the old secrets at once').conflicts('keepOld'))
    .addHelpText(
      'after',
      '\nExamples:\n  valetkey client rotate-secret print-shop --keep-old 24h\n' +
        '  valetkey client rotate-secret print-shop --drop-old',
    )
    .action(async (id: string, options: CommonOptions & { keepOld?: number; dropOld?: true }) => {
      const { rotateSecret } = await import('../client/rotate-secret.ts');
      await rotateSecret(id, options);
    });
}

function removeCommand(): Command {
  return withCommonOptions(new Command('remove'))
    .summary('remove a client')
    .description(
      'Removes a client. All it was granted ends at once; only access tokens that an API verifies by itself, without ' +
        'introspection, pass there until they run out.',
    )
    .argument('<id>', 'the client')
    .addHelpText('after', '\nExample:\n  valetkey client remove print-shop')
    .action(async (id: string, options: CommonOptions) => {
      const { removeClient } = await import('../client/remove-client.ts');
      await removeClient(id, options);
    });
}
