import { Command, Option } from 'commander';
import type { ClientAddOptions } from '../client/client-add-options.ts';
import { withCommonOptions } from './common-options.ts';
import { collect, collectWords } from './value-options.ts';

/** `valetkey client add` */
export function clientAddCommand(): Command {
  return withCommonOptions(withOptions(new Command('add')))
    .summary('register a client')
    .description(
      'Registers a client and prints its id and, unless it is public, its secret. The secret is not shown again: ' +
        'only a keyed hash of it is kept.',
    )
    .addHelpText('after', examples)
    .action(async (options: ClientAddOptions) => {
      const { addClient } = await import('../client/add-client.ts');
      await addClient(options);
    });
}

function withOptions(command: Command): Command {
  return command
    .requiredOption('--name <name>', 'what people see at sign-in and consent')
    .option('--redirect-uri <uri>', 'where codes are sent, compared exactly (repeatable)', collect)
    .option(
      '--scope <scopes>',
      'what it may be granted at most (repeatable, or a list with blanks)',
      collectWords,
    )
    .option('--default-scope <scopes>', 'what it asks for when it names no scope (likewise)', collectWords)
    .option('--public', 'it cannot keep a secret: an app on a device or in a browser')
    .addOption(new Option('--post', 'it sends its secret in the body, not in the header').conflicts('public'))
    .option('--native', 'it is installed on a device: private-use schemes, and any port on loopback')
    .option('--homepage <url>', 'linked at consent')
    .option(
      '--allowed-origin <origin>',
      'a browser app there may call the token endpoint (repeatable)',
      collect,
    )
    .option('--no-refresh', 'give it no refresh tokens')
    .option('--rotate', 'replace its refresh token at each use (default: for public clients)')
    .option('--no-rotate', 'keep its refresh token (default: for confidential clients)')
    .addOption(
      new Option('--token-format <format>', 'format of its access tokens (default: as the API says)').choices(
        ['jwt', 'opaque'],
      ),
    )
    .option('--first-party', 'it is yours: people are not asked for consent')
    .option(
      '--serves <resource>',
      'it is the API with this identifier, and may introspect its tokens (repeatable)',
      collect,
    )
    .option('--id <id>', 'its client_id (default: made from its name)');
}

const examples = `
Examples:
  A web app:
    valetkey client add --name "Print Shop" --redirect-uri https://print.example/callback --scope photos:read
  An app on a device:
    valetkey client add --name "Pocket Album" --public --native \\
      --redirect-uri example.album:/callback --scope "photos:read photos:write"
  An API that introspects tokens:
    valetkey client add --name "Photo API" --serves https://photos.example/api`;
