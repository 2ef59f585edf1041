import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalDetail } from './canonical-detail.ts';

const details = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((members) => ({ ...members, type: 'payment' }));

test('a detail has one text, in whatever order its members came', () => {
  expect(canonicalDetail({ type: 'a', b: { d: 1, c: [2, { f: null, e: 'x' }] } })).toBe(
    canonicalDetail({ b: { c: [2, { e: 'x', f: null }], d: 1 }, type: 'a' }),
  );
  fc.assert(
    fc.property(details, (detail) => {
      const turned = { ...Object.fromEntries(Object.entries(detail).toReversed()), type: 'payment' };
      expect(canonicalDetail(turned)).toBe(canonicalDetail(detail));
    }),
  );
});

test('details that differ have different texts: a text reads back as what it was made of', () => {
  fc.assert(
    fc.property(details, (detail) => {
      const read = JSON.parse(canonicalDetail(detail));
      expect(read).toEqual(JSON.parse(JSON.stringify(detail)));
    }),
  );
  expect(canonicalDetail({ type: 'a', b: [1, 2] })).not.toBe(canonicalDetail({ type: 'a', b: [2, 1] }));
  expect(canonicalDetail({ type: 'a', b: '1' })).not.toBe(canonicalDetail({ type: 'a', b: 1 }));
});
