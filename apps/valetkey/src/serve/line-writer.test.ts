import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { aSandbox } from '../command-line.fixture.ts';
import { LineWriter } from './line-writer.ts';

function aFile(flags: string) {
  const path = aSandbox().path('log');
  closeSync(openSync(path, 'a'));
  const descriptor = openSync(path, flags);
  onTestFinished(() => closeSync(descriptor));
  return { descriptor, read: () => readFileSync(path, 'utf8') };
}

test('lines are written in order, and flush waits for all of them', async () => {
  const { descriptor, read } = aFile('a');
  const writer = new LineWriter(descriptor);
  writer.write('one\n');
  writer.write('two 🙂\n');
  expect(read()).toBe('');
  const first = writer.flush();
  await first;
  writer.write('three\n');
  await writer.flush();
  expect(read()).toBe('one\ntwo 🙂\nthree\n');
});

test('at the end of the process what waits is written at once, and not again', async () => {
  const { descriptor, read } = aFile('a');
  const writer = new LineWriter(descriptor);
  writer.write('last words\n');
  writer.flushNow();
  expect(read()).toBe('last words\n');
  await writer.flush();
  expect(read()).toBe('last words\n');
});

test('where nothing can be written, lines are dropped and flush does not wait', async () => {
  const { descriptor } = aFile('r');
  const writer = new LineWriter(descriptor);
  writer.write('into the void\n');
  await writer.flush();
  writer.write('again\n');
  writer.flushNow();
  await writer.flush();
});
