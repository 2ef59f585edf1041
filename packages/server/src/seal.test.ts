import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SealKey } from './keys/key-ring.ts';
import { type Purpose, purposes } from './keys/purposes.ts';
import { open, seal, sealAlike, sealKeyId } from './seal.ts';

const bytes = Buffer.alloc(32, 7);
const nonce = Buffer.alloc(12, 9);
const issuer = 'https://auth.example';
const key = new SealKey('keyId1', bytes, issuer);
const all = Object.keys(purposes) as Purpose[];

test('golden: values that are out stay readable, whatever is changed in the code', () => {
  const sealed = Object.fromEntries(all.map((purpose) => [purpose, seal(purpose, ['a', 1], { key, nonce })]));
  expect(sealed).toMatchInlineSnapshot(`
    {
      "accessToken": "vka1_keyId1CQkJCQkJCQkJCQkJ9PzWtEI1T-b1ywigjsKpyJ6sgDFu2z4",
      "code": "vkc1_keyId1CQkJCQkJCQkJCQkJ5d9OPEd0LlH6ViXM2gkFMDM6jkug8XY",
      "refreshToken": "vkr1_keyId1CQkJCQkJCQkJCQkJ33ENf1R3m957RDp8h6t2wQPTTuW7jz8",
      "session": "vks1_keyId1CQkJCQkJCQkJCQkJE5EitI4NtqOFKgN8YX226ln3Q7VTOrA",
      "ticket": "vkt1_keyId1CQkJCQkJCQkJCQkJzLZ0JTenoaRMvHM7bt3TN8UQHvdSOY0",
    }
  `);
  for (const purpose of all) expect(open(purpose, sealed[purpose] ?? '', key)).toEqual(['a', 1]);
});

test('golden: the value that is derived from its content', () => {
  expect(sealAlike('refreshToken', ['a', 1], key)).toMatchInlineSnapshot(
    `"vkr1_keyId1NcLoEO55YCHY2R3gJcOD1RzLe6CcFiyqjucoLUWKLAurcuo"`,
  );
});

describe('a value opens for nothing but what it was made for', () => {
  const pairs = all.flatMap((made) =>
    all.filter((other) => other !== made).map((other) => [made, other] as const),
  );

  test.each(pairs)('%s is no %s, under its own prefix or the other', (made, other) => {
    const value = seal(made, { a: 1 }, { key, nonce });
    expect(sealKeyId(other, value)).toBeUndefined();
    expect(open(other, value, key)).toBeUndefined();
    expect(open(other, purposes[other] + value.slice(purposes[made].length), key)).toBeUndefined();
  });

  test('another issuer, key, or key id', () => {
    const value = seal('code', { a: 1 }, { key, nonce });
    for (const foreign of [
      new SealKey('keyId1', bytes, 'https://other.example'),
      new SealKey('keyId1', Buffer.alloc(32, 8), issuer),
      new SealKey('keyId2', bytes, issuer),
    ]) {
      expect(open('code', value, foreign)).toBeUndefined();
    }
  });

  test('any change of any letter', () => {
    const value = seal('code', { state: 'xyz' }, { key, nonce });
    const letters = [...'ABab01-_'];
    const change = fc.tuple(fc.nat(value.length - 1), fc.constantFrom(...letters));
    fc.assert(
      fc.property(change, ([at, letter]) => {
        if (value[at] === letter) return;
        const changed = value.slice(0, at) + letter + value.slice(at + 1);
        const keyId = sealKeyId('code', changed);
        const opened = keyId === key.id ? open('code', changed, key) : undefined;
        // The last letter of base64url may carry bits that mean nothing.
        if (at < value.length - 1) expect(opened).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('whatever else comes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        for (const value of [text, `vkc1_keyId1${text}`]) {
          if (sealKeyId('code', value) !== undefined) expect(open('code', value, key)).toBeUndefined();
        }
      }),
    );
  });
});

test('TN-029: equal content gives equal values, different content different ones, in token68 letters', () => {
  const content = fc.tuple(fc.string(), fc.nat());
  fc.assert(
    fc.property(content, content, (a, b) => {
      const [left, right] = [sealAlike('refreshToken', a, key), sealAlike('refreshToken', b, key)];
      expect(left === right).toBe(JSON.stringify(a) === JSON.stringify(b));
      expect(left).toMatch(/^[A-Za-z0-9\-._~+/]+=*$/);
      expect(open('refreshToken', left, key)).toEqual(a);
    }),
  );
});
