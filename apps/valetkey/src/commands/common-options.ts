import { type Command, Option } from 'commander';

export interface CommonOptions {
  readonly config?: string;
  readonly json?: true;
}

/** Options of commands that take a password; argv is no place for one: everybody on the machine can read it. */
export interface PasswordOptions extends CommonOptions {
  readonly passwordStdin?: true;
}

/** The option that names the configuration. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'configuration (default: valetkey.config.ts or .json here)').env(
    'VALETKEY_CONFIG',
  );
}

/** The options of every command that works on the store and answers. */
export function withCommonOptions(command: Command): Command {
  return command.addOption(configOption()).option('--json', 'print JSON, for programs');
}
