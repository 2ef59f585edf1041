import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonObject } from './strict-json.ts';

test.each([
  ['at the top', '{"a":1,"a":1}'],
  ['written differently', '{"a":1,"\\u0061":2}'],
  ['further down', '{"x":{"a":1,"b":[{"c":1,"c":2}]}}'],
  ['with an object between', '{"a":{"a":1},"a":2}'],
  ['called __proto__', '{"__proto__":1,"__proto__":2}'],
])('TN-007 a member name twice %s is refused', (_, text) => {
  expect(() => parseJsonObject(text)).toThrow(SyntaxError);
});

test.each([
  ['a list', '[]'],
  ['null', 'null'],
  ['text', '"text"'],
  ['nothing', ''],
  ['two objects', '{}{}'],
  ['a byte order mark', '\ufeff{}'],
])('TN-006 %s is not a JSON object', (_, text) => {
  expect(() => parseJsonObject(text)).toThrow(SyntaxError);
});

test('SB-024 nesting deeper than 32 is refused, 32 is taken', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  expect(parseJsonObject(nested(32))).toHaveProperty('a');
  expect(() => parseJsonObject(nested(33))).toThrow(SyntaxError);
});

test('TN-007 every other object reads as JSON.parse reads it', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
  fc.assert(
    fc.property(object, (value) => {
      const text = JSON.stringify(value);
      expect(parseJsonObject(text)).toEqual(JSON.parse(text));
    }),
  );
});
