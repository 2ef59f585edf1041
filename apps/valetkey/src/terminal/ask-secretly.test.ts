import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { askSecretly } from './ask-secretly.ts';

/** A terminal on which these keys are pressed. */
function terminal(...presses: string[]) {
  const written: string[] = [];
  const modes: boolean[] = [];
  const input = Object.assign(new EventEmitter(), {
    setRawMode: (raw: boolean) => modes.push(raw),
    setEncoding: () => undefined,
    resume: () => queueMicrotask(press),
    pause: () => undefined,
  });
  const press = () => {
    for (const keys of presses) input.emit('data', keys);
  };
  const output = { write: (text: string) => written.push(text) };
  return { io: { input, output } as unknown as Parameters<typeof askSecretly>[1], written, modes };
}

test('what is typed is read and never shown, and the terminal is given back', async () => {
  const { io, written, modes } = terminal('sec', 'ret\r');
  expect(await askSecretly('Password: ', io)).toBe('secret');
  expect(written).toEqual(['Password: ', '\n']);
  expect(modes).toEqual([true, false]);
});

test('backspace takes a character back, whatever its length, and Ctrl-U all of them', async () => {
  expect(await askSecretly('?', terminal('wrong\u0015ab🙂', '\u007fc\n').io)).toBe('abc');
});

test('Ctrl-C gives up, and the terminal is given back', async () => {
  const { io, modes } = terminal('sec\u0003');
  await expect(askSecretly('?', io)).rejects.toThrow('No password was given.');
  expect(modes).toEqual([true, false]);
});
