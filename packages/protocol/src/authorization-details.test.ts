import { expect, test } from 'vitest';
import { readAuthorizationDetails } from './authorization-details.ts';

function nested(levels: number): string {
  return `[{"type":"a","b":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}]`;
}

test('AZ-095: a JSON array of objects, each with a string type, is read; several may be of one type', () => {
  const details = [{ type: 'a', b: [1, null, { c: true }] }, { type: 'a' }, { type: 'b' }];
  expect(readAuthorizationDetails(JSON.stringify(details))).toEqual(details);
  expect(readAuthorizationDetails(nested(10))).toHaveLength(1);
  expect(readAuthorizationDetails(JSON.stringify(Array(20).fill({ type: 'a' })))).toHaveLength(20);
});

test('AZ-097: what is read is what can be written again: nobody is shown a number that nobody can be granted', () => {
  for (const text of [
    '[{"type":"a","b":1e400}]',
    '[{"type":"a","b":[-0,0.10]}]',
    '[{"type":"a","type":"b"}]',
  ]) {
    const details = readAuthorizationDetails(text);
    expect(JSON.parse(JSON.stringify(details))).toStrictEqual(details);
  }
});

test.each([
  ['no JSON', '[{"type":"a"}'],
  ['one object', '{"type":"a"}'],
  ['an empty array', '[]'],
  ['null', 'null'],
  ['a text in the array', '["a"]'],
  ['an array in the array', '[[{"type":"a"}]]'],
  ['null in the array', '[null]'],
  ['no type', '[{"type":"a"},{"b":1}]'],
  ['a type that is no text', '[{"type":1}]'],
  ['a type that is inherited', '[{"__proto__":{"type":"a"}}]'],
  ['more than there may be', JSON.stringify(Array(21).fill({ type: 'a' }))],
  ['more characters than there may be', JSON.stringify([{ type: 'a', b: 'c'.repeat(8192) }])],
  ['more bytes than there may be', JSON.stringify([{ type: 'a', b: '\u20ac'.repeat(3000) }])],
  ['numbers that grow beyond it when they are written out', `[{"type":"a","b":[${'1e20,'.repeat(600)}1]}]`],
  ['more levels than there may be', nested(11)],
  ['very many levels', nested(4000)],
])('AZ-095: %s is refused', (_, text) => {
  expect(() => readAuthorizationDetails(text)).toThrow(
    expect.objectContaining({ code: 'invalid_authorization_details' }),
  );
});
