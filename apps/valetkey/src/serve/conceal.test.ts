import { expect, test } from 'vitest';
import { describeCause } from './cause.ts';
import { conceal } from './conceal.ts';

test.each([
  ['{"got":"vkc1_AbC-12_x"}', '{"got":"vkc1_[concealed]"}'],
  ['vkr1_a vks1_b vkt1_c vka1_d', 'vkr1_[concealed] vks1_[concealed] vkt1_[concealed] vka1_[concealed]'],
  ['secret vksecret_Qt5c21b0YPAI-w02', 'secret vksecret_[concealed]'],
  ['"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln"', '"[concealed JWT]"'],
  ['at postgres://valetkey:pa:ss@db:5432/x', 'at postgres://valetkey:[concealed]@db:5432/x'],
  ['"https://auth.example/authorize?a=b@c"', '"https://auth.example/authorize?a=b@c"'],
])('%s is logged as %s', (line, logged) => {
  expect(conceal(line)).toBe(logged);
});

test('an error is told with what it rests on, and with nothing that others hung on it', () => {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', password: 's3cret' });
  const told = describeCause(new Error('The database does not answer', { cause }));
  expect(told).toEqual({
    name: 'Error',
    message: 'The database does not answer',
    stack: expect.any(String),
    cause: { name: 'Error', message: 'refused', code: 'ECONNREFUSED', stack: expect.any(String) },
  });
});
