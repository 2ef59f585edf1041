import { expect, test } from 'vitest';
import { aSandbox } from '../command-line.fixture.ts';

test('keys are listed with their state, rotated ahead of time, and at once', async () => {
  const sandbox = aSandbox();
  sandbox.configure();
  const first = await sandbox.json(['keys', 'list']);
  expect(first).toEqual([
    expect.objectContaining({ purpose: 'sign', algorithm: 'ES256', state: 'current', slot: 1 }),
    expect.objectContaining({ purpose: 'seal', algorithm: 'A256GCM', state: 'current', slot: 1 }),
  ]);
  const next = await sandbox.json(['keys', 'rotate']);
  expect(next.state).toBe('next');
  expect(Date.parse(next.activeFrom)).toBeGreaterThan(Date.now() + 3_600_000);
  const signing = async () => {
    const keys: { id: string; purpose: string; state: string }[] = await sandbox.json(['keys', 'list']);
    return keys.filter(({ purpose }) => purpose === 'sign').map(({ id, state }) => [id, state]);
  };
  expect(await signing()).toEqual([
    [next.id, 'next'],
    [first[0].id, 'current'],
  ]);
  const now = await sandbox.json(['keys', 'rotate', '--now']);
  expect(now.state).toBe('current');
  expect(await signing()).toEqual([
    [now.id, 'current'],
    [next.id, 'retired'],
    [first[0].id, 'retired'],
  ]);
});
