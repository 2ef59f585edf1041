import { expect, test } from 'vitest';
import { aSandbox } from './command-line.fixture.ts';

test.each([
  [['clinet'], "Unknown command 'clinet'.", 'Did you mean client?'],
  [['client', 'list', '--jsn'], "Unknown option '--jsn'.", 'Did you mean --json?'],
  [['client', 'show'], "Missing required argument 'id'.", '`valetkey client show --help`'],
  [['serve', '--port', '70000'], "argument '70000' is invalid.", '`valetkey serve --help`'],
])('a command line that is not understood is told in three lines: %j', async (args, what, fix) => {
  const { code, stdout, stderr } = await aSandbox().valetkey(args);
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringContaining(what),
    expect.stringMatching(/^Why: {3}\S.*\.$/),
    expect.stringContaining(fix),
  ]);
  expect([code, stdout]).toEqual([64, '']);
});

test('help goes to standard output and names examples, exit codes and how to begin', async () => {
  const sandbox = aSandbox();
  const [program, version, command] = await Promise.all([
    sandbox.valetkey(['help']),
    sandbox.valetkey(['--version']),
    sandbox.valetkey(['client', 'add', '--help']),
  ]);
  expect(program).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/valetkey init[\s\S]*78 configuration/),
  });
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(command).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--redirect-uri https://print.example/callback'),
  });
});

test('without a configuration a command says how to make one', async () => {
  const { code, stderr } = await aSandbox().valetkey(['client', 'list']);
  expect(code).toBe(78);
  expect(stderr).toMatch(/no valetkey\.config\.ts and no valetkey\.config\.json\.\nTo do: .*`valetkey init`/);
});

test('output is colored on a terminal only', async () => {
  const { stderr } = await aSandbox().valetkey(['nonsense'], { env: { TERM: 'xterm-256color' } });
  expect(stderr).not.toContain('\u001b');
});
