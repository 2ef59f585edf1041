import { expect, test } from 'vitest';
import { aSandbox, type Sandbox } from '../command-line.fixture.ts';

interface Listed {
  readonly id: string;
  readonly purpose: string;
  readonly algorithm: string;
  readonly state: string;
}

async function statesOf(sandbox: Sandbox, algorithm: string): Promise<(readonly [string, string])[]> {
  const keys: Listed[] = await sandbox.json(['keys', 'list']);
  return keys.filter((key) => key.algorithm === algorithm).map(({ id, state }) => [id, state]);
}

test('keys are listed with their state, rotated ahead of time, and at once', async () => {
  const sandbox = aSandbox();
  sandbox.configure();
  const first: Listed[] = await sandbox.json(['keys', 'list']);
  expect(first).toEqual([
    ...['ES256', 'RS256', 'PS256', 'EdDSA'].map((algorithm) =>
      expect.objectContaining({ purpose: 'sign', algorithm, state: 'current', slot: 1 }),
    ),
    expect.objectContaining({ purpose: 'seal', algorithm: 'A256GCM', state: 'current', slot: 1 }),
  ]);
  const [next] = await sandbox.json(['keys', 'rotate', '--algorithm', 'ES256']);
  expect(next).toMatchObject({ algorithm: 'ES256', state: 'next' });
  expect(Date.parse(next.activeFrom)).toBeGreaterThan(Date.now() + 3_600_000);
  expect(await statesOf(sandbox, 'ES256')).toEqual([
    [next.id, 'next'],
    [first[0]?.id, 'current'],
  ]);
  expect(await statesOf(sandbox, 'RS256')).toEqual([[first[1]?.id, 'current']]);
  const now: Listed[] = await sandbox.json(['keys', 'rotate', '--now']);
  expect(now.map(({ algorithm, state }) => [algorithm, state])).toEqual(
    ['ES256', 'RS256', 'PS256', 'EdDSA'].map((algorithm) => [algorithm, 'current']),
  );
  expect(await statesOf(sandbox, 'ES256')).toEqual([
    [now[0]?.id, 'current'],
    [next.id, 'retired'],
    [first[0]?.id, 'retired'],
  ]);
});

test('people are told of each key, and of one whose algorithm was left out that it is retired', async () => {
  const sandbox = aSandbox();
  sandbox.configure({ keys: { algorithms: ['EdDSA', 'ES256'] } });
  const ahead = await sandbox.valetkey(['keys', 'rotate']);
  expect(ahead.stdout).toMatch(/^Key \S+ \(EdDSA\) is published, .+\nKey \S+ \(ES256\) is published, .+\n$/);
  const now = await sandbox.valetkey(['keys', 'rotate', '--now', '--algorithm', 'EdDSA']);
  expect(now.stdout).toMatch(/^Key \S+ \(EdDSA\) is current\..+\n$/);
  expect(now.stderr).toContain('may refuse new tokens');
  sandbox.configure({ keys: { algorithms: ['ES256'] } });
  const { stdout } = await sandbox.valetkey(['keys', 'list']);
  expect(stdout).toMatch(/KEY +PURPOSE +ALGORITHM +STATE/);
  const rows = stdout.trim().split('\n').slice(1);
  expect(rows.map((row) => row.split(/ {2,}/).slice(1, 4).join(' '))).toEqual([
    'sign ES256 next',
    'sign ES256 current',
    'sign EdDSA retired',
    'sign EdDSA retired',
    'sign EdDSA retired',
    'seal A256GCM current',
  ]);
});

test.each([
  ['RS256', 65, 'There are no RS256 keys.', 'EdDSA, ES256'],
  ['HS256', 64, 'HS256', 'ES256'],
])('a key of %s, which is not configured, is not made', async (algorithm, code, what, why) => {
  const sandbox = aSandbox();
  sandbox.configure({ keys: { algorithms: ['EdDSA', 'ES256'] } });
  const refused = await sandbox.valetkey(['keys', 'rotate', '--algorithm', algorithm]);
  expect(refused.code).toBe(code);
  expect(refused.stderr).toContain(what);
  expect(refused.stderr).toContain(why);
  expect(await statesOf(sandbox, algorithm)).toEqual([]);
});
