import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonObject } from './strict-json.ts';

test.each([
  ['at the top', '{"a":1,"a":1}'],
  ['in another spelling', '{"a":1,"\\u0061":2}'],
  ['further down', '{"x":{"a":1,"b":[{"c":1,"c":2}]}}'],
  ['with an object between', '{"a":{"a":1},"a":2}'],
  ['with blanks before the colon', '{"a" :1,\n"a"\t: 2}'],
  ['that is empty', '{"":1,"":2}'],
  ['called __proto__', '{"__proto__":1,"__proto__":2}'],
  ['with an escaped quote', '{"\\"":1,"\\u0022":2}'],
])('TN-007: a member name twice %s is refused', (_, text) => {
  expect(() => parseJsonObject(text)).toThrow('a member name occurs twice');
});

test.each([
  ['in one array, in two objects', '{"x":[{"a":1},{"a":2}]}'],
  ['once as a name, once as a value', '{"a":"a","b":["a","a"]}'],
  ['inside a string', '{"a":"\\"a\\":1,\\"a\\":2"}'],
  ['at two depths', '{"a":{"a":{"a":1}}}'],
])('TN-007: a name %s is no duplicate', (_, text) => {
  expect(parseJsonObject(text)).toEqual(JSON.parse(text));
});

test.each([
  ['a list', '[]'],
  ['null', 'null'],
  ['text', '"text"'],
  ['nothing', ''],
  ['two objects', '{}{}'],
  ['an object with a byte order mark', '\ufeff{}'],
  ['an object with a comment', '{/**/}'],
  ['an object with a trailing comma', '{"a":1,}'],
])('TN-006: %s is not a JSON object', (_, text) => {
  expect(() => parseJsonObject(text)).toThrow(SyntaxError);
});

test.each(['{"a":"\\ud800"}', '{"\\udc00":1}', '{"a":"\\udc00\\ud800"}'])(
  'TN-006: half of a surrogate pair is refused: %s',
  (text) => {
    expect(() => parseJsonObject(text)).toThrow('half of a surrogate pair');
  },
);

test('TN-006: a whole surrogate pair is taken', () => {
  expect(parseJsonObject('{"a":"\\ud83d\\ude00"}')).toEqual({ a: '\u{1f600}' });
});

test('TN-018: nesting deeper than 32 is refused, 32 is taken', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  expect(parseJsonObject(nested(32))).toHaveProperty('a');
  expect(() => parseJsonObject(nested(33))).toThrow('nested too deeply');
  expect(() => parseJsonObject(nested(8000))).toThrow('nested too deeply');
});

test('TN-007: every other object reads as JSON.parse reads it', () => {
  const key = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 4 })), fc.nat(4), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      fc.pre(!/\\ud[89a-f]/i.test(text));
      expect(parseJsonObject(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('TN-007: one more member of a name that is there is always refused', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 });
  fc.assert(
    fc.property(object, fc.nat(), (value, index) => {
      const names = Object.keys(value);
      const again = JSON.stringify(names[index % names.length]);
      const text = `${JSON.stringify(value).slice(0, -1)},${again}:0}`;
      expect(() => parseJsonObject(text)).toThrow(SyntaxError);
      expect(() => parseJsonObject(`{"x":[${text}]}`)).toThrow(SyntaxError);
    }),
  );
});

test('TN-007: what JSON.parse refuses is refused, and nothing but a SyntaxError comes out', () => {
  const noise = fc.array(
    fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', '0', ' ', '\\u0061', '"a"'),
  );
  fc.assert(
    fc.property(noise, (pieces) => {
      const text = pieces.join('');
      let parsed: unknown;
      try {
        parsed = parseJsonObject(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
        return;
      }
      expect(parsed).toEqual(JSON.parse(text));
    }),
    { numRuns: 2000 },
  );
});
