import { Command, Option } from 'commander';
import type { RotateOptions } from '../keys/rotate-key.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

/** `valetkey keys ...` */
export function keysCommand(): Command {
  return new Command('keys')
    .summary('show and rotate the keys')
    .description(
      'Shows and rotates the keys that sign tokens and seal codes. They rotate by themselves, too.',
    )
    .addCommand(listCommand())
    .addCommand(rotateCommand());
}

function listCommand(): Command {
  return withCommonOptions(new Command('list'))
    .summary('show the keys')
    .description(
      'Shows the keys: `next` is published and does not sign yet, `current` signs, `retired` is kept until ' +
        'whatever it signed or sealed has run out.',
    )
    .addHelpText('after', '\nExamples:\n  valetkey keys list\n  valetkey keys list --json')
    .action(async (options: CommonOptions) => {
      const { listKeys } = await import('../keys/list-keys.ts');
      await listKeys(options);
    });
}

function rotateCommand(): Command {
  return withCommonOptions(new Command('rotate'))
    .summary('make the next signing keys')
    .description(
      'Makes the next signing key of each algorithm. It is published ahead (keys.publishAhead in the configuration) and ' +
        'then signs, so that APIs which keep the key set for a while never meet a token they cannot verify.',
    )
    .addOption(
      new Option('--algorithm <algorithm>', 'of this algorithm only').choices([
        'ES256',
        'RS256',
        'PS256',
        'EdDSA',
      ]),
    )
    .option('--now', 'let it sign at once, without publishing it ahead')
    .addHelpText(
      'after',
      '\nExamples:\n  valetkey keys rotate\n  valetkey keys rotate --algorithm RS256\n  valetkey keys rotate --now',
    )
    .action(async (options: RotateOptions) => {
      const { rotateKey } = await import('../keys/rotate-key.ts');
      await rotateKey(options);
    });
}
