import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RootKey, WrongRootKey } from './root-key.ts';

const root = new RootKey(Buffer.alloc(32, 1));
const nonce = Buffer.alloc(12, 2);

test('golden: what a store holds stays readable, whatever is changed in the code', () => {
  expect(root.wrap('id', Buffer.from('secret'), nonce)).toMatchInlineSnapshot(
    `"AgICAgICAgICAgICl0Ms5sWGInkU_r4jjmoLX5rr2QC7TQ"`,
  );
  expect(root.secretHashKey.toString('base64url')).toMatchInlineSnapshot(
    `"8r02lf7ADKc_R3S0Lf-riOghSpN_j2t4m-B1Aujl0M4"`,
  );
});

test('what is wrapped is unwrapped, under the same id and root key', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const twelve = fc.uint8Array({ minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(fc.string(), bytes, twelve, (id, secret, fresh) => {
      expect(root.unwrap(id, root.wrap(id, secret, fresh))).toEqual(Buffer.from(secret));
    }),
  );
});

test('MD-024: another root key opens nothing, and says so to the operator', () => {
  const wrapped = root.wrap('id', Buffer.alloc(32), nonce);
  const other = new RootKey(Buffer.alloc(32, 3));
  expect(() => other.unwrap('id', wrapped)).toThrow(WrongRootKey);
  expect(() => other.unwrap('id', wrapped)).toThrow(/root key this store was created with/);
  expect(other.secretHashKey).not.toEqual(root.secretHashKey);
});

test('rows cannot be swapped: a wrapped key opens under its own id only', () => {
  const [a, b] = ['a', 'b'].map((id) => root.wrap(id, Buffer.from(id), nonce));
  expect(root.unwrap('a', a ?? '')).toEqual(Buffer.from('a'));
  expect(() => root.unwrap('a', b ?? '')).toThrow(WrongRootKey);
  expect(() => root.unwrap('b', a ?? '')).toThrow(WrongRootKey);
});

test('no changed byte and no cut is opened', () => {
  const sealed = Buffer.from(root.wrap('id', Buffer.alloc(32, 4), nonce), 'base64url');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => root.unwrap('id', changed.toString('base64url'))).toThrow(WrongRootKey);
    expect(() => root.unwrap('id', sealed.subarray(0, at).toString('base64url'))).toThrow(WrongRootKey);
  }
});

test.each(['', 'AAAA', '%%%', 'x'.repeat(1000)])('%j is no wrapped key', (wrapped) => {
  expect(() => root.unwrap('id', wrapped)).toThrow(WrongRootKey);
});

test.each([0, 16, 31, 33, 64])('a root key of %i bytes is refused', (length) => {
  expect(() => new RootKey(Buffer.alloc(length))).toThrow(RangeError);
});
