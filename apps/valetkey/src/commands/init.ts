import { Command } from 'commander';

/** `valetkey init` */
export function initCommand(): Command {
  return new Command('init')
    .summary('write a configuration to start from')
    .description(
      'Writes valetkey.config.ts, with comments, and a new root key, valetkey.root-key, into the working directory. ' +
        'Overwrites nothing.',
    )
    .addHelpText('after', '\nExample:\n  mkdir auth && cd auth && valetkey init')
    .action(async () => {
      const { init } = await import('../config/init.ts');
      init();
    });
}
