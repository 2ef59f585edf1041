import type { CommanderError } from 'commander';
import { exitCodes, Problem } from './problem.ts';

/** A command line that was not understood. `command`: what was called, as `valetkey client add`. */
export function usageProblem(command: string, error: CommanderError): Problem {
  const [told = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const [, what = told, explained] = /^(.+?)\. (.+)$/.exec(told) ?? [];
  const suggestion = more.join(' ').replace(/^\((.*)\)$/, '$1 ');
  const explanation = {
    exitCode: exitCodes.usage,
    what: sentence(what),
    why: sentence(explained ?? reasons[error.code] ?? `\`${command}\` does not take it so`),
    fix: `${suggestion}\`${command} --help\` explains the command.`,
  };
  return new Problem(explanation, { cause: error });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.+$/, '')}.`;
}

const reasons: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'There is no such command.',
  'commander.unknownOption': 'The command has no such option.',
  'commander.missingArgument': 'The command cannot do without it.',
  'commander.missingMandatoryOptionValue': 'The command cannot do without it.',
  'commander.optionMissingArgument': 'The option needs a value.',
  'commander.conflictingOption': 'They exclude each other.',
};
