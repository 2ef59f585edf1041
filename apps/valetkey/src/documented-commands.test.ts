import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { aSandbox } from './command-line.fixture.ts';

const root = new URL('../../../', import.meta.url);

/** The command lines in the documents, each command with the options that it is shown with anywhere. */
function documented(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const page of globSync('{README.md,docs/**/*.md}', { cwd: root })) {
    const text = readFileSync(new URL(page, root), 'utf8').replaceAll(/\\\n\s*/g, '');
    const shown = text.matchAll(/\bvaletkey ((?:client|user|keys) [a-z-]+|serve|init|migrate)\b([^\n`|#]*)/g);
    for (const [, command = '', rest = ''] of shown) {
      const options = found.get(command) ?? new Set();
      for (const [option] of rest.replaceAll(/"[^"]*"|'[^']*'/g, '').matchAll(/(?<=\s)--[a-z-]+/g))
        options.add(option);
      found.set(command, options);
    }
  }
  return found;
}

test('every command and option in the documents is there', async () => {
  const commands = documented();
  expect([...commands.keys()]).toEqual(expect.arrayContaining(['client add', 'user set-claims', 'serve']));
  const sandbox = aSandbox();
  for (const [command, options] of commands) {
    const { code, stdout } = await sandbox.valetkey([...command.split(' '), '--help']);
    expect([command, code]).toEqual([command, 0]);
    const known = new Set(
      Array.from(stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm), ([, flag = '']) => flag),
    );
    expect([command, [...options].filter((option) => !known.has(option))]).toEqual([command, []]);
  }
});
