import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { aSandbox, type Sandbox } from '../command-line.fixture.ts';

const password = 'correct horse battery staple';
const ada = ['user', 'add', 'Ada', '--name', 'Ada Lovelace', '--password-stdin'];

function configured(): Sandbox {
  const sandbox = aSandbox();
  sandbox.configure();
  return sandbox;
}

test('a person is added with a password from standard input, of which a hash is kept', async () => {
  const sandbox = configured();
  const user = await sandbox.json(ada, { stdin: `${password}\n` });
  expect(user).toEqual({
    id: expect.stringMatching(/^[\w-]{30}$/),
    username: 'ada',
    name: 'Ada Lovelace',
    hasPassword: true,
    createdAt: expect.any(String),
    disabledAt: null,
  });
  expect(await sandbox.json(['user', 'list'])).toEqual([user]);
  for (const name of readdirSync(sandbox.folder)) {
    expect(readFileSync(sandbox.path(name), 'latin1')).not.toContain(password);
  }
  const again = await sandbox.valetkey(['user', 'add', 'ADA', '--password-stdin'], { stdin: password });
  expect(again).toMatchObject({ code: 65, stderr: expect.stringContaining('There is a user ada already.') });
});

test.each([
  ['too short', 'seven77', 65, 'It has 7 characters, and 8 are the least.'],
  ['longer than sign-in reads', 'x'.repeat(1025), 65, 'It has more than 1024 characters.'],
])('a password that is %s is refused', async (_, stdin, code, why) => {
  expect(await configured().valetkey(ada, { stdin })).toMatchObject({
    code,
    stderr: expect.stringContaining(why),
  });
});

test('where nobody can be asked for a password, the command says how to give it', async () => {
  expect(await configured().valetkey(['user', 'add', 'ada'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--password-stdin'),
  });
});

test('a person is disabled, enabled and given a new password, by username or id', async () => {
  const sandbox = configured();
  const { id } = await sandbox.json(ada, { stdin: password });
  const disabled = await sandbox.json(['user', 'disable', 'ada']);
  expect(disabled).toEqual({ id, username: 'ada', disabledAt: expect.any(String) });
  expect(await sandbox.json(['user', 'disable', 'ada'])).toEqual(disabled);
  const enabled = await sandbox.valetkey(['user', 'enable', '--json', '--', id]);
  expect(JSON.parse(enabled.stdout)).toMatchObject({ disabledAt: null });
  const given = { stdin: 'another fine password' };
  const changed = await sandbox.json(
    ['user', 'set-password', 'ada', '--password-stdin', '--end-grants'],
    given,
  );
  expect(changed).toEqual({ id, username: 'ada', sessionsEnded: true, grantsEnded: true });
  expect(await sandbox.valetkey(['user', 'disable', 'eve'])).toMatchObject({ code: 66 });
});

test('claims of a person are set by words and by file, shown, and taken away', async () => {
  const sandbox = configured();
  await sandbox.json(ada, { stdin: password });
  writeFileSync(sandbox.path('ada.json'), JSON.stringify({ nickname: 'Ada', email: 'old@example.com' }));
  const typed = ['email=ada@example.com', 'email_verified=true', 'name=Ada King', '--json-file', 'ada.json'];
  const set = await sandbox.json(['user', 'set-claims', 'ada', ...typed]);
  expect(set).toMatchObject({
    name: 'Ada King',
    claims: {
      nickname: 'Ada',
      email: 'ada@example.com',
      email_verified: true,
      updated_at: expect.any(Number),
    },
  });
  expect(await sandbox.json(['user', 'show', 'ada'])).toEqual(set);
  await sandbox.json(['user', 'set-claims', 'ada', 'nickname=null']);
  const { stdout } = await sandbox.valetkey(['user', 'show', 'ada']);
  expect(stdout).toMatch(/claims +email=ada@example\.com\n +email_verified=true/);
  expect(stdout).not.toContain('nickname');
});

test('all that is wrong with claims is told at once', async () => {
  const sandbox = configured();
  const wrong = ['email=ada', 'sub=x', 'shoe_size=43', 'email_verified=yes', 'blah'];
  const { code, stderr } = await sandbox.valetkey(['user', 'set-claims', 'ada', ...wrong]);
  expect(code).toBe(65);
  for (const name of ['email must', 'sub is', 'shoe_size is', 'email_verified must', 'blah is'])
    expect(stderr).toContain(` ${name}`);
  expect(await sandbox.valetkey(['user', 'set-claims', 'ada'])).toMatchObject({
    code: 65,
    stderr: expect.stringContaining('names no claim'),
  });
});
