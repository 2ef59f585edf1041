import { Command } from 'commander';
import { type CommonOptions, type PasswordOptions, withCommonOptions } from './common-options.ts';

/** `valetkey user ...` */
export function userCommand(): Command {
  return new Command('user')
    .summary('manage the people who sign in')
    .description('Manages the people who sign in.')
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(setClaimsCommand())
    .addCommand(setPasswordCommand())
    .addCommand(standingCommand('disable'))
    .addCommand(standingCommand('enable'));
}

function addCommand(): Command {
  return withPassword(withCommonOptions(new Command('add')))
    .summary('add a person')
    .description('Adds a person. The password is asked for, or read from standard input.')
    .argument('<username>', 'what the person types to sign in; case does not matter')
    .option('--name <name>', 'what the person is called on pages (default: the username)')
    .addHelpText(
      'after',
      '\nExamples:\n  valetkey user add ada --name "Ada Lovelace"\n' +
        '  pass show valetkey/ada | valetkey user add ada --password-stdin',
    )
    .action(async (username: string, options: PasswordOptions & { name?: string }) => {
      const { addUser } = await import('../user/add-user.ts');
      await addUser(username, options);
    });
}

function listCommand(): Command {
  return withCommonOptions(new Command('list'))
    .summary('list the people')
    .description('Lists the people.')
    .addHelpText('after', '\nExamples:\n  valetkey user list\n  valetkey user list --json')
    .action(async (options: CommonOptions) => {
      const { listUsers } = await import('../user/list-users.ts');
      await listUsers(options);
    });
}

function showCommand(): Command {
  return withCommonOptions(new Command('show'))
    .summary('show a person')
    .description('Shows a person, and the claims that apps may be told.')
    .argument('<user>', 'username or id')
    .addHelpText('after', '\nExample:\n  valetkey user show ada')
    .action(async (user: string, options: CommonOptions) => {
      const { showUser } = await import('../user/show-user.ts');
      await showUser(user, options);
    });
}

function setClaimsCommand(): Command {
  return withCommonOptions(new Command('set-claims'))
    .summary('set what apps may be told of a person')
    .description(
      'Sets claims of a person (OpenID Connect Core section 5.1): what apps are told that have the scopes profile, email, ' +
        'address or phone. Claims that are not named stay; null takes one away.',
    )
    .argument('<user>', 'username or id')
    .argument('[claims...]', 'as email=ada@example.com; address is a JSON object')
    .option('--json-file <file>', 'a JSON object with claims; those of the command line go before it')
    .addHelpText(
      'after',
      '\nExamples:\n  valetkey user set-claims ada email=ada@example.com email_verified=true\n' +
        `  valetkey user set-claims ada 'address={"locality":"London","country":"GB"}'\n` +
        '  valetkey user set-claims ada phone_number=null\n' +
        '  valetkey user set-claims ada --json-file ada.json',
    )
    .action(async (user: string, claims: string[], options: CommonOptions & { jsonFile?: string }) => {
      const { setClaims } = await import('../user/set-claims.ts');
      await setClaims(user, claims, options);
    });
}

function setPasswordCommand(): Command {
  return withPassword(withCommonOptions(new Command('set-password')))
    .summary("set a person's password")
    .description('Sets the password of a person and signs the person out everywhere. Apps stay connected.')
    .argument('<user>', 'username or id')
    .option('--end-grants', 'disconnect all apps, too')
    .addHelpText(
      'after',
      '\nExamples:\n  valetkey user set-password ada\n  valetkey user set-password ada --end-grants',
    )
    .action(async (user: string, options: PasswordOptions & { endGrants?: true }) => {
      const { setPassword } = await import('../user/set-password.ts');
      await setPassword(user, options);
    });
}

function standingCommand(verb: 'disable' | 'enable'): Command {
  const { summary, description } = standing[verb];
  return withCommonOptions(new Command(verb))
    .summary(summary)
    .description(description)
    .argument('<user>', 'username or id')
    .addHelpText('after', `\nExample:\n  valetkey user ${verb} ada`)
    .action(async (user: string, options: CommonOptions) => {
      const { setStanding } = await import('../user/set-standing.ts');
      await setStanding(user, { ...options, verb });
    });
}

const standing = {
  disable: {
    summary: 'keep a person out',
    description:
      'Keeps a person out: signs the person out everywhere, ends what apps were granted, refuses sign-in.',
  },
  enable: {
    summary: 'let a disabled person in again',
    description:
      'Lets a disabled person sign in again. What ended stays ended: apps have to be connected anew.',
  },
};

function withPassword(command: Command): Command {
  return command.option('--password-stdin', 'read the password from standard input');
}
