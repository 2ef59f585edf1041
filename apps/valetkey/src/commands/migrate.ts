import { Command } from 'commander';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

/** `valetkey migrate` */
export function migrateCommand(): Command {
  return withCommonOptions(new Command('migrate'))
    .summary("bring the database's schema up to date")
    .description(
      "Brings the database's schema up to date, and makes the first keys in a new one.\n" +
        'Every command does so when it starts; this one does nothing else, for deployments that want it as a step.',
    )
    .addHelpText('after', '\nExample:\n  valetkey migrate && valetkey serve')
    .action(async ({ config, json }: CommonOptions) => {
      const { migrate } = await import('../migrate.ts');
      await migrate({ config, json: json === true });
    });
}
