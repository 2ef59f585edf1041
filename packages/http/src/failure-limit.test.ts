import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { FailureLimit } from './failure-limit.ts';

const now = 1_000_000;
const limits = { limit: 2, windowSeconds: 60 };

test('TK-029: so many failures of one key are let pass, and then the window has to end', () => {
  const failures = new FailureLimit(limits);
  for (const wait of [0, 0, 60]) {
    expect(failures.wait('192.0.2.1 print', now)).toBe(wait);
    failures.failed('192.0.2.1 print', now);
  }
  expect(failures.wait('192.0.2.2 print', now)).toBe(0);
  expect(failures.wait('192.0.2.1 print', now + 60_000)).toBe(0);
});

test('TK-029: long keys are told apart to their last letter', () => {
  const failures = new FailureLimit(limits);
  const long = 'x'.repeat(50_000);
  for (let times = 0; times < 2; times += 1) failures.failed(`${long}a`, now);
  expect([failures.wait(`${long}a`, now), failures.wait(`${long}b`, now)]).toEqual([60, 0]);
});

test('SB-024: what strangers call themselves takes no memory by its length', () => {
  const failures = new FailureLimit(limits);
  const before = heapUsed();
  for (let each = 0; each < 1000; each += 1) failures.failed(`${each} ${'x'.repeat(60_000)}`, now);
  expect(heapUsed() - before).toBeLessThan(10_000_000);
  expect(failures.wait(`7 ${'x'.repeat(60_000)}`, now)).toBe(0);
});

/** Bytes, with nothing in them that could be collected. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
